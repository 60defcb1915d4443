import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDesk } from '../src/app.ts'
import { startDesk } from '../src/start-desk.ts'
import { systemClock } from '../src/salon/time.ts'
import { openFakeSlack } from '../test/support/fake-slack.ts'
import { command, directMessage, signedSlackRequest, signingSecret } from '../test/support/slack-events.ts'
import type { BenchFigure } from './figure.ts'

const perSecond = 20
const seconds = 10

/**
 * How long Slack waits for its 200 (it gives up after 3 s) while a language model hangs for longer than anybody waits:
 * signed messages and commands at 20 a second over HTTP to the whole desk, each from another conversation, against the
 * desk's own `/healthz` in the same seconds.
 */
export async function benchSlack(): Promise<BenchFigure[]> {
  const home = await mkdtemp(join(tmpdir(), 'desk-bench-'))
  const hung = createServer(() => {}) // takes the request and never answers
  await new Promise<void>((resolve) => { hung.listen(0, '127.0.0.1', resolve) })
  const clock = systemClock
  const slack = await openFakeSlack({ clock })
  const desk = await openDesk({ config: {
    home, clock, clockFixed: false, databaseUrl: undefined, key: undefined, knowledge: undefined, port: 0, host: '127.0.0.1', logLevel: 'silent', apiToken: undefined, publicUrl: undefined,
    slack: { botToken: slack.token, appToken: undefined, signingSecret, apiUrl: slack.url, channel: undefined, roles: { frontDesk: [], managers: [], owners: [] } },
    email: undefined, twilio: undefined, voice: undefined,
    languageModel: { apiKey: 'none', baseUrl: `http://127.0.0.1:${(hung.address() as AddressInfo).port}/v1`, model: 'hung' },
  } })
  const running = await startDesk({ desk })
  try {
    await desk.ensureBook()
    await desk.agent()
    await running.work()
    const users = Array.from({ length: perSecond }, (_, index) => `U0BENCH${String(index).padStart(3, '0')}`)
    for (const id of users) {
      slack.addUser({ id, name: id })
      slack.openDm(id)
    }
    const timed = async (request: () => Promise<Response>): Promise<number> => {
      const begun = performance.now()
      const response = await request()
      await response.arrayBuffer()
      if (!response.ok) throw new Error(`answered ${response.status}`)
      return performance.now() - begun
    }
    const post = (index: number) => {
      const user = users[index % users.length] ?? ''
      const channel = `D${user.slice(1)}`
      const text = 'what is our late policy?'
      const body = index % 4 === 3
        ? command({ user, text: 'calls', channel, triggerId: slack.newTrigger(user), responseUrl: slack.newResponseUrl({ channel, userId: user }) })
        : directMessage({ user, text, ts: slack.say({ channel, user, text }) })
      const { headers, raw } = signedSlackRequest({ body, now: clock.now() })
      return timed(() => fetch(`${running.url}/slack/events`, { method: 'POST', headers, body: raw }))
    }
    const [acks, pings]: [Promise<number>[], Promise<number>[]] = [[], []]
    for (let index = 0; index < perSecond * seconds; index++) {
      acks.push(post(index))
      if (index % 4 === 0) pings.push(timed(() => fetch(`${running.url}/healthz`)))
      await new Promise((resolve) => setTimeout(resolve, 1_000 / perSecond))
    }
    const [ack, ping] = [(await Promise.all(acks)).toSorted(byValue), (await Promise.all(pings)).toSorted(byValue)]
    const baseline: BenchFigure = { name: 'health check meanwhile, p99', value: quantile(ping, 0.99), unit: 'ms', n: ping.length }
    const p99: BenchFigure = { name: 'Slack acknowledged with the language model hung, p99', value: quantile(ack, 0.99), unit: 'ms', n: ack.length }
    return [
      { name: 'Slack acknowledged with the language model hung, p50', value: quantile(ack, 0.5), unit: 'ms', n: ack.length },
      { ...p99, ratio: baseline.value / p99.value, baseline: baseline.name },
      baseline,
    ]
  } finally {
    hung.closeAllConnections()
    hung.close()
    await running.close()
    await desk.close()
    await slack.close()
    await rm(home, { recursive: true, force: true })
  }
}

const byValue = (a: number, b: number): number => a - b

function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
