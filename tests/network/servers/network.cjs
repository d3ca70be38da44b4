// The whole AT Protocol network in one process: the directory of identities (PLC), a server that holds accounts (PDS), the
// AppView that counts and lists, and a moderation service. Prints one line of JSON with its addresses when it answers. For each
// line that it reads it waits until the AppView knows all that was written, and answers with a line. It ends when its standard
// input does, so it never outlives who started it.
const readline = require('node:readline')

const ports = JSON.parse(process.env.PORTS)
const lines = readline.createInterface({ input: process.stdin })

const stopped = new Promise((resolve) => {
  lines.on('close', resolve)
  process.on('SIGTERM', resolve).on('SIGINT', resolve)
})

async function main() {
  const { TestNetwork } = await import('@atproto/dev-env')
  const network = await TestNetwork.create({
    plc: { port: ports.plc },
    pds: { port: ports.pds, hostname: 'localhost', enableDidDocWithSession: true },
    bsky: { port: ports.bsky, dbPostgresSchema: 'bsky', publicUrl: `http://localhost:${ports.bsky}` },
    ozone: { port: ports.ozone, dbMaterializedViewRefreshIntervalMs: 30_000 },
    introspect: { port: ports.introspect },
  })
  console.log(JSON.stringify({ plc: network.plc.url, pds: network.pds.url, appview: network.bsky.url }))
  lines.on('line', async () => {
    const begun = Date.now()
    await network.processAll(300_000)
    console.log(JSON.stringify({ settled: Date.now() - begun }))
  })
  await stopped
  // A queue that will not end is no reason to stay.
  setTimeout(() => process.exit(0), 10_000).unref()
  await network.close()
  process.exit(0)
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
