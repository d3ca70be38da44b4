// A small relay that does what Jetstream does: reads the network's own firehose (com.atproto.sync.subscribeRepos, binary and
// signed) and sends it on as JSON, to whoever asks, from a moment on. It is not Jetstream itself, which is written in Go and is in no
// package registry; the shapes are those of its documentation. All that it ever read it keeps, in memory.
//
// For tests of lost connections it breaks each one off after BREAK_AFTER events, in the middle of one, when that is given.
const http = require('node:http')
const readline = require('node:readline')
const { Firehose, MemoryRunner } = require('@atproto/sync')
const { IdResolver } = require('@atproto/identity')
const { lexToJson } = require('@atproto/lexicon')
const { WebSocketServer } = require('ws')

const { PDS, PLC, PORT, BREAK_AFTER } = process.env
const kept = []
const listeners = new Set()

function translated(event) {
  const { did, time } = event
  if (event.event === 'identity') return { kind: 'identity', did, identity: { did, handle: event.handle, seq: event.seq, time } }
  if (event.event === 'account') {
    return { kind: 'account', did, account: { did, active: event.active, status: event.status, seq: event.seq, time } }
  }
  if (event.event === 'sync') return null
  const commit = { rev: event.rev, operation: event.event, collection: event.collection, rkey: event.rkey }
  if (event.event !== 'delete') Object.assign(commit, { record: lexToJson(event.record), cid: event.cid.toString() })
  return { kind: 'commit', did, commit }
}

function take(event) {
  const said = translated(event)
  if (!said) return
  // Each event has a moment of its own, later than that of the one before.
  const moment = Math.max(Date.parse(event.time) * 1000, (kept.at(-1)?.time_us ?? 0) + 1)
  const { did, ...rest } = said
  kept.push({ did, time_us: moment, ...rest })
  for (const send of listeners) send()
}

function wants(options, event) {
  if (options.wantedDids?.length && !options.wantedDids.includes(event.did)) return false
  const collection = event.commit?.collection
  return !collection || !options.wantedCollections?.length || options.wantedCollections.includes(collection)
}

function serve(socket, request) {
  const since = Number(new URL(request.url, 'http://x').searchParams.get('cursor') ?? Date.now() * 1000)
  let options = null
  let at = kept.findIndex((one) => one.time_us >= since)
  if (at < 0) at = kept.length
  let sent = 0
  const send = () => {
    while (options && at < kept.length && socket.readyState === socket.OPEN) {
      const event = kept[at++]
      if (!wants(options, event)) continue
      if (BREAK_AFTER && sent === Number(BREAK_AFTER)) return socket._socket.destroy()
      socket.send(JSON.stringify(event))
      sent += 1
    }
  }
  socket.on('message', (said) => {
    const { type, payload } = JSON.parse(said)
    if (type === 'options_update') options = payload
    send()
  })
  listeners.add(send)
  socket.on('close', () => listeners.delete(send)).on('error', () => {})
}

const firehose = new Firehose({
  service: PDS.replace('http:', 'ws:'),
  idResolver: new IdResolver({ plcUrl: PLC }),
  runner: new MemoryRunner({ startCursor: 0 }),
  handleEvent: take,
  onError: (error) => console.error(error),
  unauthenticatedCommits: true,
  unauthenticatedHandles: true,
})

const server = http.createServer()
new WebSocketServer({ server, path: '/subscribe' }).on('connection', serve)
server.listen(Number(PORT), () => {
  firehose.start()
  console.log(JSON.stringify({ live: `ws://localhost:${PORT}` }))
})
readline.createInterface({ input: process.stdin }).on('close', () => process.exit(0))
