import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDesk } from '../src/app.ts'
import { isFromTwilio } from '../src/channels/sms/verify-signature.ts'
import { systemClock } from '../src/salon/time.ts'
import { startDesk } from '../src/start-desk.ts'
import { accountSid, authToken, openFakeTwilio, ourNumber } from '../test/support/fake-twilio.ts'
import { signedWebhook } from '../test/support/fake-twilio-webhooks.ts'
import { type BenchFigure, measure } from './figure.ts'

const perSecond = 50
const seconds = 10
const publicUrl = 'https://desk.example.com'
const url = `${publicUrl}/sms/inbound`

/** What people write back; each is really read, answered or put before a person while the next ones come in. */
const words = ['Yes', 'yes see you then!', 'can we do 3 instead?', 'Running 10 min late', 'Sí, confirmo', 'what is your late policy?', 'No', 'ok thanks']

/**
 * How long Twilio waits for its 200 (it gives up after 15 s) when clients' texts come in at 50 a second, each from another
 * number, to the whole desk that works them meanwhile; against the desk's own `/healthz` in the same seconds. And what the
 * check of one signature takes.
 */
export async function benchSms(): Promise<BenchFigure[]> {
  const home = await mkdtemp(join(tmpdir(), 'desk-bench-'))
  const clock = systemClock
  const twilio = await openFakeTwilio({ clock })
  const desk = await openDesk({ config: {
    home, clock, clockFixed: false, databaseUrl: undefined, key: undefined, knowledge: undefined, port: 0, host: '127.0.0.1', logLevel: 'silent', apiToken: undefined, publicUrl,
    slack: undefined, twilio: twilio.settings, voice: undefined, email: undefined, languageModel: undefined,
  } })
  const running = await startDesk({ desk })
  try {
    await desk.ensureBook()
    await running.work()
    const webhook = (index: number) => signedWebhook({ url, token: authToken, params: { AccountSid: accountSid, ApiVersion: '2010-04-01', Body: words[index % words.length] ?? '', From: `+1303555${String(index).padStart(4, '0')}`, MessageSid: `SM${randomBytes(16).toString('hex')}`, NumMedia: '0', NumSegments: '1', SmsStatus: 'received', To: ourNumber } })
    const post = ({ headers, body }: ReturnType<typeof webhook>) => timed(() => fetch(`${running.url}/sms/inbound`, { method: 'POST', headers, body }))
    // The first text opens what reads texts.
    await post(webhook(9_999))
    await new Promise((resolve) => setTimeout(resolve, 2_000))

    const [acks, pings]: [Promise<number>[], Promise<number>[]] = [[], []]
    const begun = performance.now()
    for (let index = 0; index < perSecond * seconds; index++) {
      acks.push(post(webhook(index)))
      if (index % 5 === 0) pings.push(timed(() => fetch(`${running.url}/healthz`)))
      // By the clock and not one after another, so that a slow moment does not slow down what comes in.
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, begun + ((index + 1) * 1_000) / perSecond - performance.now())))
    }
    const [ack, ping] = [(await Promise.all(acks)).toSorted(byValue), (await Promise.all(pings)).toSorted(byValue)]
    const baseline: BenchFigure = { name: 'health check while texts come in, p99', value: quantile(ping, 0.99), unit: 'ms', n: ping.length }
    const p99: BenchFigure = { name: 'inbound text acknowledged at 50 a second, p99', value: quantile(ack, 0.99), unit: 'ms', n: ack.length }
    const { headers, body } = webhook(0)
    const signature = headers['x-twilio-signature']
    return [
      { name: 'inbound text acknowledged at 50 a second, p50', value: quantile(ack, 0.5), unit: 'ms', n: ack.length },
      { ...p99, ratio: baseline.value / p99.value, baseline: baseline.name },
      baseline,
      await measure({ name: 'signature of a text checked', n: 500, run: () => { if (!isFromTwilio({ authTokens: [authToken], signature, publicUrl: url, rawBody: body })) throw new Error('not from Twilio') } }),
    ]
  } finally {
    await running.close()
    await desk.close()
    await twilio.close()
    await rm(home, { recursive: true, force: true })
  }
}

async function timed(request: () => Promise<Response>): Promise<number> {
  const begun = performance.now()
  const response = await request()
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`answered ${response.status}`)
  return performance.now() - begun
}

const byValue = (a: number, b: number): number => a - b

function quantile(sorted: number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
