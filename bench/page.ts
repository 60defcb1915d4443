import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDesk } from '../src/app.ts'
import type { ChatLine, ChatRequest, Me } from '../src/channels/web/page-api.ts'
import { readConfig } from '../src/config.ts'
import { unwrap } from '../src/platforms/unwrap.ts'
import { clientName } from '../src/salon/salon.ts'
import { startDesk } from '../src/start-desk.ts'
import type { BenchFigure } from './figure.ts'

const turns = 60
const warmUp = 5

/**
 * The page over real HTTP, on the demo salon with the embedded brain and the built-in PostgreSQL: from sending a message
 * until the first words of its answer (a status line does not count), and the parts the page reads when it is opened.
 */
export async function benchPage(): Promise<BenchFigure[]> {
  const home = await mkdtemp(join(tmpdir(), 'desk-bench-'))
  const desk = await openDesk({ config: readConfig({ DESK_HOME: home, DESK_NOW: '2026-11-18T10:10:00-08:00', DESK_LOG: 'silent', PORT: '0' }) })
  try {
    await desk.ensureBook()
    const running = await startDesk({ desk })
    try {
      await desk.agent()
      let { cookie, me } = await visit(running.url)
      const { items } = unwrap(await desk.platform.appointments({ from: '2026-11-19T08:00:00.000Z', to: '2026-11-21T08:00:00.000Z', limit: 20 }))
      const names = unwrap(await desk.platform.clients({ ids: [...new Set(items.map(({ clientId }) => clientId))] })).map(clientName)
      const questions = [(i: number) => `when is ${names[i % names.length] ?? 'Dana'} next in?`, () => 'what is our late policy?', () => 'who is in tomorrow?', (i: number) => `tell me about ${names[i % names.length] ?? 'Dana'}`]

      const words: number[] = []
      for (let i = 0; i < turns + warmUp; i++) {
        // Somebody else every ten turns: the page lets nobody ask as fast as this.
        if (i % 10 === 0) ({ cookie, me } = await visit(running.url))
        const ms = await firstWords({ url: running.url, cookie, prefix: me.conversationPrefix, text: (questions[i % questions.length] ?? questions[0])?.(i) ?? '', name: `bench-turn-${i}` })
        if (i >= warmUp) words.push(ms)
      }
      const opened: number[] = []
      for (let i = 0; i < 20; i++) {
        const begun = performance.now()
        await Promise.all(['/', '/page/main.ts', '/api/me', `/api/day?location=${me.locations[0]?.id ?? ''}`, `/api/brief?location=${me.locations[0]?.id ?? ''}`].map(async (path) => (await fetch(`${running.url}${path}`, { headers: { cookie } })).arrayBuffer()))
        opened.push(performance.now() - begun)
      }
      return [
        { name: 'page: first words of an embedded answer, p50', value: percentile(words, 0.5), unit: 'ms', n: turns },
        { name: 'page: first words of an embedded answer, p95', value: percentile(words, 0.95), unit: 'ms', n: turns },
        { name: 'page: what it reads when it is opened', value: percentile(opened, 0.5), unit: 'ms', n: opened.length },
      ]
    } finally {
      await running.close()
    }
  } finally {
    await desk.close()
    await rm(home, { recursive: true, force: true })
  }
}

/** Opens the page for the first time, as somebody else. */
async function visit(url: string): Promise<{ cookie: string; me: Me }> {
  const cookie = (await fetch(url)).headers.get('set-cookie')?.split(';')[0] ?? ''
  return { cookie, me: (await (await fetch(`${url}/api/me`, { headers: { cookie } })).json()) as Me }
}

async function firstWords({ url, cookie, prefix, text, name }: { url: string; cookie: string; prefix: string; text: string; name: string }): Promise<number> {
  const request: ChatRequest = { conversationId: `${prefix}${name}`, requestId: name, text }
  const begun = performance.now()
  const response = await fetch(`${url}/api/chat`, { method: 'POST', headers: { cookie, 'content-type': 'application/json', origin: url }, body: JSON.stringify(request) })
  if (!response.ok || response.body === null) throw new Error(`the chat answered ${response.status}`)
  let heard: number | undefined
  let rest = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const { kind } = JSON.parse(line) as ChatLine
      if (kind === 'error') throw new Error(line)
      if (kind !== 'status') heard ??= performance.now() - begun
    }
  }
  if (heard === undefined) throw new Error('no words came')
  return heard
}

function percentile(values: number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? Number.NaN
}
