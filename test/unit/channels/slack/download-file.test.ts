import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDownload } from '../../../../src/channels/slack/download-file.ts'
import { DeskError } from '../../../../src/salon/errors.ts'
import { type FakeSlack, openFakeSlack } from '../../../support/fake-slack.ts'

let fake: FakeSlack
beforeAll(async () => { fake = await openFakeSlack() })
beforeEach(() => {
  fake.clearFaults()
  fake.scopes.add('files:read')
})
afterAll(() => fake.close())

const bytes = Buffer.from('a recording of some length, '.repeat(50))
const origin = (): string => new URL(fake.url).origin
const url = (): string => origin() + fake.record({ bytes }).url_private_download
const fetchIt = (where = url(), more: Partial<Parameters<typeof openDownload>[0]> = {}) => openDownload({ token: fake.token, apiUrl: fake.url, ...more })(where)
const failure = async (work: Promise<unknown>): Promise<{ code: string; said: string; log: string }> => work.then(() => { throw new Error('it was fetched') }, (error: unknown) => {
  if (!(error instanceof DeskError)) throw error
  return { code: error.code, said: error.userMessage, log: error.message }
})

test('a file comes whole, for the token', async () => {
  expect(Buffer.from(await fetchIt())).toEqual(bytes)
  expect((await failure(fetchIt(url(), { token: 'xoxb-another' }))).code).toBe('not_allowed')
})

describe('the token goes to Slack and to nobody else', () => {
  const asked: { url: string; authorization: string | undefined }[] = []
  const send: typeof fetch = async (given, options) => {
    asked.push({ url: given as string, authorization: (options?.headers as Record<string, string> | undefined)?.['authorization'] })
    return new Response(bytes, { headers: { 'content-type': 'audio/mp4' } })
  }
  beforeEach(() => { asked.length = 0 })

  test.each([
    'http://files.slack.com/files-pri/T1-F1/download/a.m4a', 'https://files.slack.com.evil.example/a.m4a', 'https://evil.example/files.slack.com', 'https://files.slack.com@evil.example/a.m4a',
    'https://someone:secret@files.slack.com/a.m4a', 'https://files.slack.com:8443/a.m4a', 'https://slack-files.com/a.m4a', 'https://hooks.slack.com/a.m4a', 'http://127.0.0.1:1/a.m4a', 'http://169.254.169.254/latest', 'file:///etc/passwd', 'data:audio/mp4;base64,AA', 'not an address', '',
  ])('never %s', async (where) => {
    expect(await failure(fetchIt(where, { send }))).toMatchObject({ code: 'not_allowed', said: expect.stringContaining('not kept by Slack') })
    expect(asked).toEqual([])
  })

  test('its own host for files, also where no other is set', async () => {
    const where = 'https://files.slack.com/files-pri/T1-F1/download/a.m4a'
    expect(Buffer.from(await fetchIt(where, { send, apiUrl: undefined }))).toEqual(bytes)
    expect(asked).toEqual([{ url: where, authorization: `Bearer ${fake.token}` }])
  })

  test('not where that host sends us on to', async () => {
    const elsewhere = await openFakeSlack()
    for (const to of [`${new URL(elsewhere.url).origin}/files-pri/F1/download/a`, '/somewhere', 'https://evil.example/']) {
      fake.fileFault({ kind: 'redirect', to })
      expect(await failure(fetchIt())).toMatchObject({ code: 'not_allowed', said: expect.stringContaining('did not let me have') })
    }
    expect(elsewhere.calls()).toEqual([])
    await elsewhere.close()
  })
})

test.each([404, 410])('%s: it is gone', async (status) => {
  fake.fileFault({ kind: 'status', status })
  expect(await failure(fetchIt())).toMatchObject({ code: 'not_found', said: expect.stringContaining('gone from Slack') })
})

test.each([401, 403, 400, 206])('%s: it is not given', async (status) => {
  fake.fileFault({ kind: 'status', status })
  expect(await failure(fetchIt())).toMatchObject({ code: 'not_allowed', said: expect.stringContaining('did not let me have') })
})

test('a sign-in page is no recording, also where the scope is missing', async () => {
  fake.fileFault({ kind: 'html' })
  expect((await failure(fetchIt())).code).toBe('not_allowed')
  fake.scopes.delete('files:read')
  expect((await failure(fetchIt())).code).toBe('not_allowed')
})

test.each([429, 500, 503])('%s: later', async (status) => {
  fake.fileFault({ kind: 'status', status })
  expect((await failure(fetchIt())).code).toBe('unavailable')
})

test('half of it is none of it: later', async () => {
  fake.fileFault({ kind: 'truncated' })
  expect((await failure(fetchIt())).code).toBe('unavailable')
})

test('no answer in time, and nobody there: later', async () => {
  let release!: () => void
  fake.fileFault({ kind: 'slow', until: new Promise<void>((resolve) => { release = resolve }) })
  expect((await failure(fetchIt(url(), { timeoutMs: 50 }))).code).toBe('unavailable')
  release()
  const gone = await openFakeSlack()
  await gone.close()
  expect((await failure(fetchIt(`${new URL(gone.url).origin}/files-pri/F1`, { apiUrl: gone.url }))).code).toBe('unavailable')
})

test('ten megabytes and no more, said or not', async () => {
  fake.fileFault({ kind: 'length', bytes: 4e12 })
  expect(await failure(fetchIt())).toMatchObject({ code: 'invalid_input', said: 'This recording is too large: at most 10 MB.' })
  fake.fileFault({ kind: 'endless' })
  expect((await failure(fetchIt())).code).toBe('invalid_input')
})

test('neither the address nor the token is in what may be logged', async () => {
  const where = url()
  for (const fault of [{ kind: 'html' }, { kind: 'truncated' }, { kind: 'status', status: 500 }, { kind: 'status', status: 404 }] as const) {
    fake.fileFault(fault)
    const { said, log } = await failure(fetchIt(where))
    for (const text of [said, log]) for (const secret of [where, fake.token, '/files-pri/', '127.0.0.1']) expect(text).not.toContain(secret)
  }
})
