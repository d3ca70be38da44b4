"""Ask for memory ahead of its use, from compiled loops. Imported when needed.

In a network of millions nearly every look is at memory that no cache holds, and waiting for it is most of the work. Who is looked
at soon is known, though: the processor is told, and goes on. It changes no result.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

READ, SOON, DATA = 0, 3, 1
"""To be read, by somebody who comes back to it; not code (LLVM language reference, llvm.prefetch)."""


def _ask(_: Any, array: Any, place: Any) -> Any:
    """How it is compiled for these types."""

    def written(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, given[0])
        number, byte = ir.IntType(32), ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        told = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        where = builder.bitcast(builder.gep(held.data, [given[1]]), byte)
        builder.call(told, [where, number(READ), number(SOON), number(DATA)])
        return context.get_dummy_value()

    return types.void(array, place), written


ask: Any = intrinsic(_ask)
"""`ask(array, place)`, in compiled code: `array[place]` will be read. A place just behind the end does no harm."""
