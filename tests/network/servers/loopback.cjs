// Every server that is started with `--require` of this file listens on 127.0.0.1 and nowhere else, whatever it asks for:
// the development network passes bare ports, which would mean every interface of the machine.
const net = require('node:net')

const listen = net.Server.prototype.listen

net.Server.prototype.listen = function (first, ...rest) {
  if (first !== null && typeof first === 'object' && first.port !== undefined) {
    return listen.call(this, { ...first, host: '127.0.0.1' }, ...rest)
  }
  if (typeof first === 'number' || (typeof first === 'string' && /^\d+$/.test(first))) {
    const others = typeof rest[0] === 'string' || rest[0] === undefined ? rest.slice(1) : rest
    return listen.call(this, Number(first), '127.0.0.1', ...others)
  }
  return listen.call(this, first, ...rest)
}
