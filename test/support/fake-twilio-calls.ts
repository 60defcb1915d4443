import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Instant } from '../../src/salon/time.ts'

type FakeCall = { sid: string; from: string; to: string; direction: string; status: string; startedAt: Instant; seconds: number; parent: string | null }
type FakeRecording = { sid: string; callSid: string; source: string; status: string; seconds: number; at: Instant }

/** Twilio's calls and their recordings on a port of their own, as documented. */
export type FakeCalls = {
  /** What `TWILIO_API_URL` must be. */
  url: string
  calls: FakeCall[]
  recordings: FakeRecording[]
  /** What the number does with calls, as the API shows it. */
  number: { phone_number: string; voice_url: string; voice_fallback_url: string; status_callback: string } | undefined
  /** Requests as they came, `POST Calls/CA…/Recordings`. */
  requests: string[]
  /** The next requests that match are answered with this status instead. */
  faults: { request: RegExp; status: number; times: number }[]
  ring(call: Partial<FakeCall>): FakeCall
  record(recording: Partial<FakeRecording> & { callSid: string }): void
  close(): Promise<void>
}

const rfc2822 = (instant: Instant) => new Date(instant).toUTCString().replace('GMT', '+0000')
const id = (kind: string) => kind + randomBytes(16).toString('hex')

export async function openFakeCalls({ clock, accountSid, pageLimit = 1_000 }: { clock: { now(): string }; accountSid: string; pageLimit?: number }): Promise<FakeCalls> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(String(request.url), 'http://twilio')
    const path = pathname.replace(`/2010-04-01/Accounts/${accountSid}/`, '').replace(/\.json$/, '')
    const asked = `${request.method} ${path}`
    fake.requests.push(asked)
    const say = (status: number, body?: object) => void response.writeHead(status, { 'Content-Type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body))
    const refuse = (status: number) => say(status, { code: 20_000 + status, message: 'no', status })
    const fault = fake.faults.find((one) => one.request.test(asked) && one.times-- > 0)
    request.resume()
    if (fault !== undefined) return refuse(fault.status)
    const [, callSid, recordingSid] = /^Calls\/(CA\w+)\/Recordings(?:\/(\w+))?$/.exec(path) ?? []
    if (asked === 'GET IncomingPhoneNumbers') return say(200, { incoming_phone_numbers: fake.number === undefined ? [] : [fake.number], page: 0 })
    if (asked === 'GET Calls') return page({ name: 'calls', rows: listCalls(searchParams).map(showCall), path: pathname, query: searchParams, say })
    if (asked === 'GET Recordings') return page({ name: 'recordings', rows: fake.recordings.map(showRecording), path: pathname, query: searchParams, say })
    if (callSid === undefined) return refuse(404)
    if (recordingSid === undefined && request.method === 'GET') return page({ name: 'recordings', rows: fake.recordings.filter((one) => one.callSid === callSid).map(showRecording), path: pathname, query: searchParams, say })
    if (recordingSid === undefined) {
      fake.record({ callSid, source: 'StartCallRecordingAPI', status: 'in-progress' })
      return say(201, showRecording(fake.recordings.at(-1) as FakeRecording))
    }
    const found = fake.recordings.find(({ sid }) => sid === recordingSid)
    if (found === undefined) return refuse(404)
    if (request.method === 'POST') {
      found.status = 'stopped'
      return say(200, showRecording(found))
    }
    fake.recordings.splice(fake.recordings.indexOf(found), 1)
    say(204)
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })

  const fake: FakeCalls = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, calls: [], recordings: [], number: undefined, requests: [], faults: [],
    ring(call) {
      const whole = { sid: id('CA'), from: '+13035550142', to: '+13035550100', direction: 'inbound', status: 'completed', startedAt: clock.now(), seconds: 20, parent: null, ...call }
      fake.calls.push(whole)
      return whole
    },
    record: (recording) => { fake.recordings.push({ sid: id('RE'), source: 'RecordVerb', status: 'completed', seconds: 9, at: clock.now(), ...recording }) },
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => { server.close(() => resolve()) })
    },
  }

  /** Newest first; times are filtered in whole days, the least that is documented. */
  function listCalls(query: URLSearchParams): FakeCall[] {
    const [to, parent, after] = ['To', 'ParentCallSid', 'StartTime>'].map((name) => query.get(name))
    return fake.calls.filter((one) => (!to || one.to === to) && (!parent || one.parent === parent) && (!after || one.startedAt.slice(0, 10) >= after.slice(0, 10))).toReversed()
  }
  function page({ name, rows, path, query, say }: { name: string; rows: object[]; path: string; query: URLSearchParams; say: (status: number, body: object) => void }): void {
    const at = Number(query.get('Page') ?? 0)
    const next = new URLSearchParams(query)
    next.set('Page', String(at + 1))
    say(200, { [name]: rows.slice(at * pageLimit, (at + 1) * pageLimit), page: at, page_size: pageLimit, next_page_uri: rows.length > (at + 1) * pageLimit ? `${path}?${next.toString()}` : null })
  }
  function showCall({ sid, from, to, direction, status, startedAt, seconds, parent }: FakeCall): object {
    return { sid, account_sid: accountSid, parent_call_sid: parent, from, to, direction, status, start_time: rfc2822(startedAt), date_created: rfc2822(startedAt), end_time: null, duration: String(seconds) }
  }
  function showRecording({ sid, callSid, source, status, seconds, at }: FakeRecording): object {
    return { sid, account_sid: accountSid, call_sid: callSid, source, status, duration: status === 'completed' ? String(seconds) : null, date_created: rfc2822(at), start_time: rfc2822(at) }
  }
  return fake
}
