import { createServer, type AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkEmail } from '../../../../src/channels/email/check-email.ts'
import { emailTransport } from '../../../../src/channels/email/email-transport.ts'
import type { EmailSettings } from '../../../../src/config.ts'
import type { OutgoingMail } from '../../../../src/messages/email/email.ts'
import { makeSeal } from '../../../../src/store/seal.ts'
import { type FakeMailServer, headerOf, type MailFault, openFakeMailServer, readMail } from './fake-mail-server.ts'

const seal = makeSeal(Buffer.alloc(32, 7))
const publicUrl = 'https://desk.juniper.example'
let server: FakeMailServer

beforeEach(async () => { server = await openFakeMailServer() })
afterEach(async () => { await server.close() })

const open = (settings: Partial<EmailSettings> = {}) => emailTransport({ settings: { ...server.settings, ...settings }, publicUrl, seal })
const mail = (more: Partial<OutgoingMail> = {}): OutgoingMail => ({ key: 'mail:proposal:P-1', to: 'dana.k@example.com', subject: 'Your appointment on Friday 27 November at 3:00 pm', body: "Hi Dana, it's Juniper & Sage.\n\nSee you soon.\n", unsubscribe: open().unsubscribeUrl('tok.en'), ...more })

describe('an email', () => {
  test('is plain text from the salon, says how to unsubscribe in one press, and that no machine should answer', async () => {
    expect(await open().send(mail())).toEqual({ state: 'sent' })
    const [sent] = server.received
    expect(sent).toMatchObject({ from: 'desk@juniper.example', to: ['dana.k@example.com'] })
    const read = await readMail(sent)
    expect(read).toMatchObject({ subject: 'Your appointment on Friday 27 November at 3:00 pm', html: false, attachments: [] })
    expect([read.from?.text, read.text?.trim()]).toEqual(['"Juniper & Sage" <desk@juniper.example>', "Hi Dana, it's Juniper & Sage.\n\nSee you soon."])
    expect(headerOf(sent, 'List-Unsubscribe')).toEqual(['<https://desk.juniper.example/email/unsubscribe?t=tok.en>'])
    expect(headerOf(sent, 'List-Unsubscribe-Post')).toEqual(['List-Unsubscribe=One-Click'])
    expect(headerOf(sent, 'Auto-Submitted')).toEqual(['auto-generated'])
    expect(headerOf(sent, 'Reply-To')).toEqual([])
  })

  test('goes to a mailbox with its answers where somebody reads one, and can be ended there too', async () => {
    const transport = open({ replyTo: { name: '', address: 'hello@juniper.example' } })
    expect([transport.readsReplies, open().readsReplies]).toEqual([true, false])
    await transport.send(mail())
    expect(headerOf(server.received[0], 'Reply-To')).toEqual(['hello@juniper.example'])
    expect(headerOf(server.received[0], 'List-Unsubscribe')).toEqual(['<https://desk.juniper.example/email/unsubscribe?t=tok.en>, <mailto:hello@juniper.example?subject=unsubscribe>'])
  })

  test('has the same Message-ID whenever it is the same one, and another when it is another', async () => {
    for (const key of ['a', 'a', 'b']) await open().send(mail({ key }))
    const ids = server.received.map((sent) => headerOf(sent, 'Message-ID')[0])
    expect(ids[0]).toMatch(/^<[0-9a-f]{32}@juniper\.example>$/)
    expect([ids[1] === ids[0], ids[2] === ids[0]]).toEqual([true, false])
  })

  test('carries letters beyond ASCII', async () => {
    await open({ from: { name: 'Salón Señora', address: 'desk@juniper.example' } }).send(mail({ subject: 'Su cita: mañana 🌿', body: 'Hola, señora García — hasta mañana.' }))
    const read = await readMail(server.received[0])
    expect([read.subject, read.text?.trim(), read.from?.value[0]?.name]).toEqual(['Su cita: mañana 🌿', 'Hola, señora García — hasta mañana.', 'Salón Señora'])
  })

  test.each([
    ['the subject', { subject: 'Hi\r\nBcc: thief@evil.example\r\n\r\nfree money' }],
    ['the subject, by other line ends', { subject: 'Hi\nBcc: thief@evil.example\u2028Cc: thief@evil.example\u0085Bcc: x@evil.example\0' }],
    ['the key', { key: 'k>\r\nBcc: thief@evil.example' }],
    ['the link', { unsubscribe: 'https://desk.juniper.example/email/unsubscribe?t=x>\r\nBcc: <thief@evil.example' }],
    ['the words', { body: '\r\n.\r\nMAIL FROM:<a@evil.example>\r\nRCPT TO:<thief@evil.example>\r\nDATA\r\nBcc: thief@evil.example\r\n.\r\n' }],
  ])('has no header and no reader that came in by %s', async (_what, given) => {
    expect(await open().send(mail(given))).toEqual({ state: 'sent' })
    expect(server.received).toHaveLength(1)
    expect(server.received[0]?.to).toEqual(['dana.k@example.com'])
    expect(['Bcc', 'Cc', 'To'].map((name) => headerOf(server.received[0], name))).toEqual([[], [], ['dana.k@example.com']])
  })

  test.each(['', 'nobody', 'a@b@c.example', 'dana@example.com\r\nRCPT TO:<thief@evil.example>', 'dana@example.com, thief@evil.example', '<dana@example.com>', 'Dana <dana@example.com>', '"a b"@example.com', `${'a'.repeat(250)}@example.com`, 'dana@localhost'])('does not go to %j', async (to) => {
    expect(await open().send(mail({ to }))).toEqual({ state: 'failed', code: 'bad_address' })
    expect(server.connections()).toBe(0)
  })
})

describe('what the mail server does', () => {
  test.each<[MailFault, object]>([
    [{ at: 'connect', reply: '421 too many connections' }, { state: 'later', code: 'busy' }],
    [{ at: 'connect', reply: '554 no service for you' }, { state: 'later', code: 'busy' }],
    [{ at: 'from', reply: '421 closing' }, { state: 'later', code: 'busy' }],
    [{ at: 'from', reply: '550 5.7.1 not your domain' }, { state: 'failed', code: 'mail_not_set_up' }],
    [{ at: 'to', reply: '450 4.2.0 greylisted, come again' }, { state: 'later', code: 'busy' }],
    [{ at: 'to', reply: '550 5.1.1 no such user' }, { state: 'failed', code: 'bad_address' }],
    [{ at: 'to', reply: '550 no such user' }, { state: 'failed', code: 'bad_address' }],
    [{ at: 'to', reply: '552 5.2.2 mailbox full' }, { state: 'failed', code: 'mailbox' }],
    [{ at: 'to', reply: '550 5.7.1 blocked' }, { state: 'failed', code: 'mail_filtered' }],
    [{ at: 'data', reply: '451 4.3.0 try again' }, { state: 'later', code: 'busy' }],
    [{ at: 'data', reply: '554 5.7.1 looks like spam' }, { state: 'failed', code: 'mail_filtered' }],
    [{ cut: 'from' }, { state: 'later', code: 'no_connection' }],
    [{ cut: 'to' }, { state: 'later', code: 'no_connection' }],
    [{ lost: 'dropped' }, { state: 'unknown', code: 'no_answer' }],
    [{ lost: 'kept' }, { state: 'unknown', code: 'no_answer' }],
  ])('%j', async (fault, answer) => {
    server.faults.push(fault)
    expect(await open().send(mail())).toMatchObject(answer)
    expect(server.received).toHaveLength('lost' in fault && fault.lost === 'kept' ? 1 : 0)
    // And the next one goes.
    expect(await open().send(mail({ key: 'next' }))).toEqual({ state: 'sent' })
  })

  test('nobody there, or somebody who is no mail server: later', async () => {
    const { port } = server.settings
    await server.close()
    expect(await open({ port }).send(mail())).toMatchObject({ state: 'later', code: 'no_connection' })
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await new Promise<void>((resolve) => { other.listen(0, '127.0.0.1', resolve) })
    expect(await open({ port: (other.address() as AddressInfo).port }).send(mail())).toMatchObject({ state: 'later', code: 'no_connection' })
    await new Promise((resolve) => { other.close(resolve) })
    server = await openFakeMailServer()
  })

  test('logs in where it must; a wrong password is ours to put right, not the client\'s address to blame', async () => {
    const login = { user: 'desk', password: 'p@ss:w/rd' }
    const guarded = await openFakeMailServer({ login })
    const through = (settings: Partial<EmailSettings>) => emailTransport({ settings: { ...guarded.settings, ...settings }, publicUrl, seal }).send(mail())
    expect(await through({})).toEqual({ state: 'sent' })
    expect(await through({ login: { ...login, password: 'x' } })).toMatchObject({ state: 'later', code: 'mail_not_set_up' })
    expect(await through({ login: undefined })).toMatchObject({ state: 'failed', code: 'mail_not_set_up' })
    await guarded.close()
  })
})

describe('desk doctor', () => {
  test('says that it works, where answers go, and where clients unsubscribe; sends nothing', async () => {
    const found = await checkEmail({ settings: server.settings, publicUrl })
    expect(found.map(({ state }) => state)).toEqual(['ok', 'ok', 'ok'])
    expect(found.map(({ says }) => says).join(' ')).toMatch(/desk@juniper\.example.*not read.*https:\/\/desk\.juniper\.example\/email\/unsubscribe/)
    expect([server.connections(), server.received]).toEqual([1, []])
  })

  test('says what to do about a wrong password, a refusal and a server that is not there, without the password', async () => {
    const guarded = await openFakeMailServer({ login: { user: 'desk', password: 'right' } })
    const wrong = await checkEmail({ settings: { ...guarded.settings, login: { user: 'desk', password: 'secret-one' } }, publicUrl })
    expect(wrong).toMatchObject([{ what: 'Email', state: 'problem', says: expect.stringContaining('user name and password') }])
    server.faults.push({ at: 'connect', reply: '554 go away' })
    expect(await checkEmail({ settings: server.settings, publicUrl })).toMatchObject([{ state: 'problem', says: expect.stringMatching(/refuses us \(554/) }])
    await guarded.close()
    const gone = await checkEmail({ settings: guarded.settings, publicUrl })
    expect(gone).toMatchObject([{ state: 'problem', says: expect.stringContaining('does not answer') }])
    expect(JSON.stringify([wrong, gone])).not.toMatch(/secret-one|ECONN/)
  })
})
