import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { writeConsent } from '../../src/messages/consent/consent.ts'
import { unwrap } from '../../src/platforms/unwrap.ts'
import { at } from '../../src/salon/time.ts'
import { appendAudit } from '../../src/store/audit.ts'
import { pictureBook } from '../support/play-book.ts'
import { Play } from '../support/play-format.ts'
import { judgeClient, judgePhones } from '../support/judge-texts.ts'
import { judgeCall, judgeCalls, judgeSpoken } from '../support/judge-calls.ts'
import type { CallStep } from '../support/call-format.ts'
import { performCall } from '../support/play-calls.ts'
import { judgeEnd, judgeMoment, judgeWords } from '../support/play-judge.ts'
import { openTheatre, setStage, type Stage } from '../support/play-stage.ts'
import { tinyZone } from '../support/tiny-book.ts'

/** A judge that never vetoes proves nothing: each rule is shown to bite. */

const play = Play.parse({ play: 'x', about: 'x', salon: 'tiny', clock: '2026-11-21 07:30', phones: true, people: {}, steps: [{ minutes_pass: 1 }] })
const where = 'step 1'

let theatre: Awaited<ReturnType<typeof openTheatre>>
let stage: Stage
beforeAll(async () => {
  theatre = await openTheatre()
  stage = await setStage({ play, ...theatre })
}, 240_000)
afterAll(async () => {
  await stage.close()
  await theatre.close()
})

const heard = (reply: string) => ({ reply, tools: [], proposals: [], result: 'answered' })

test.each([
  ['no phone number is read out', 'Call her on (213) 555-0103.'],
  ['no phone number is read out', 'It is +12135550103'],
  ['no e-mail address is read out', 'Write to dana.w@example.com.'],
  ['plain words only', 'TypeError: cannot read'],
  ['plain words only', 'She comes undefined.'],
  ['something was said', ''],
])('%s: %s', async (rule, reply) => {
  await expect(async () => judgeWords({ heard: heard(reply), stage, where, play })).rejects.toThrow(rule)
  expect(() => judgeWords({ heard: heard('Dana Kim comes Friday 27 November at 3:00 pm ($65), phone ending 02. P-234567'), stage, where, play })).not.toThrow()
})

test('a change without an approval, a change nobody told of and a broken audit log are each vetoed', async () => {
  const start = await pictureBook(stage.store)
  const [step] = play.steps
  if (step === undefined) throw new Error('no step')
  const moment = async () => judgeMoment({ stage, step, before: start, after: await pictureBook(stage.store), start, play, where })
  await moment()
  await judgeEnd({ play, stage, start, end: start })

  const { version } = unwrap(await stage.platform.appointment({ id: 'a-cut' }))
  unwrap(await stage.platform.cancel({ key: 'desk:1', id: 'a-cut', expectedVersion: version, cancelledBy: 'client' }))
  await expect(moment()).rejects.toThrow('every change has its approval')
  await expect(judgeEnd({ play, stage, start, end: await pictureBook(stage.store) })).rejects.toThrow('changed in the book, and nothing else')

  await stage.store.db.updateTable('audit_head').set({ hash: 'f'.repeat(64) }).execute()
  await expect(moment()).rejects.toThrow('the audit log is whole')
})

describe('texts', () => {
  const noon = at('2026-11-21', '12:00', tinyZone)
  const hana = { client: 'hana', phone: '+12135550106' }

  /** A text that left, as the store and the phone company have it. */
  async function sent({ client = hana.client, phone = hana.phone, body, when = noon, proposalId = null, key = `judge:${stage.phones.sent.length}` }: { client?: string; phone?: string; body: string; when?: string; proposalId?: string | null; key?: string }): Promise<void> {
    const { store } = stage
    await store.transaction(async (trx) => {
      const { id } = await trx.insertInto('texts').values({
        key, client_id: client, location_id: 'main', direction: 'out', body: store.seal.seal(body), template: 'moved', appointment_id: null, proposal_id: proposalId,
        segments: 1, state: 'sent', error_code: null, phone_hash: store.seal.lookup(phone), reading: null, did: null, needs_person: false, at: when,
      }).returning('id').executeTakeFirstOrThrow()
      await appendAudit(trx, { at: when, actor: 'messages', action: 'text.sent', subject: `thread:${client}`, detail: { textId: id } })
    })
    stage.phones.sent.push({ key, to: phone, body })
  }
  const fine = 'Hi Hana, it\'s Tiny Salon. See you on Friday.'

  afterEach(async () => {
    stage.phones.sent.length = 0
    await stage.store.db.deleteFrom('texts').where('key', 'like', 'judge:%').execute()
  })

  test('one that is as it should be passes', async () => {
    await sent({ body: fine })
    await sent({ body: 'See you at three.' })
    await judgePhones(stage)
  })

  test.each([
    ['in decent hours', { body: fine, when: at('2026-11-22', '03:00', tinyZone) }],
    ['the first text says who it is from', { body: 'Hi Hana, see you on Friday.' }],
    ['nobody else\'s name', { body: `${fine} Elena García comes too.` }],
    ['asks for no keyword but to opt out', { body: `${fine} Reply CANCEL to cancel.` }],
  ])('vetoed: %s', async (rule, text) => {
    await sent(text)
    await expect(judgePhones(stage)).rejects.toThrow(rule)
  })

  test('vetoed: one that went out twice, one the store knows nothing of, one that was approved in other words', async () => {
    await sent({ body: fine })
    stage.phones.sent.push({ key: 'elsewhere', to: hana.phone, body: fine })
    await expect(judgePhones(stage)).rejects.toThrow('what left is what the store says')
    stage.phones.sent[1] = { ...stage.phones.sent[0]!, key: 'judge:0' }
    await expect(judgePhones(stage)).rejects.toThrow('no text goes out twice')
    stage.phones.sent.length = 1
    const { id } = await stage.desk.approvals.propose({ kind: 'text_client', args: { clientId: 'hana', body: 'Your scarf is here.' }, reason: 'she left it', requestedBy: 'play:sam' })
    await sent({ body: 'Your hat is here.', proposalId: id })
    await expect(judgePhones(stage)).rejects.toThrow('word for word as approved')
  })

  test('vetoed on a client\'s phone: too long, a link, a number of somebody', () => {
    const step = { client: 'hana', texts: 'hi' }
    const hears = (body: string) => () => judgeClient({ step, heard: { texts: [body], did: 'answered', proposals: [] }, stage, play, where })
    expect(hears(fine)).not.toThrow()
    expect(hears('word '.repeat(80))).toThrow('two SMS at most')
    expect(hears(`${fine} https://bad.example`)).toThrow('no link')
    expect(hears(`${fine} Elena: (213) 555-0103`)).toThrow('nobody\'s number')
    expect(() => judgeClient({ step: { ...step, hears_nothing: true }, heard: { texts: [fine], did: 'answered', proposals: [] }, stage, play, where })).toThrow('hears nothing')
    expect(() => judgeClient({ step, heard: { texts: [fine], did: 'proposed', proposals: [{ id: 'P-234567', kind: 'reschedule', target: 'appointment:c-friday' }] }, stage, play, where })).toThrow('proposes')
  })

  test('vetoed: anything after a STOP', async () => {
    await sent({ body: fine })
    const { store } = stage
    await store.transaction((trx) => writeConsent(trx, { seal: store.seal, phoneHash: store.seal.lookup(hana.phone), purpose: 'all', state: 'out', source: 'keyword', words: 'STOP', by: 'client:hana', at: noon, subject: 'thread:hana' }))
    await judgePhones(stage)
    await sent({ body: fine })
    await expect(judgePhones(stage)).rejects.toThrow('nothing after a STOP')
  })
})

describe('calls', () => {
  let own: Stage
  beforeAll(async () => { own = await setStage({ play, ...theatre }) })
  afterAll(() => own.close())
  const does = (step: CallStep) => performCall(step, own)
  const hears = async (words: string, proven?: true) => {
    const heard = await does({ caller: 'hana', rings: true })
    if (proven === true) {
      await does({ caller: 'hana', says: 'when is my appointment' })
      await does({ caller: 'hana', reads_the_code: true })
    }
    return judgeSpoken({ words, heard, stage: own, play, where })
  }

  test('what may be said passes', async () => {
    await hears('On Saturday 21 November we\'re open 9 AM to 6 PM. Is there anything else?')
    await hears('Thank you, Hana. You have your women\'s cut with Cruz on Friday 27 November at 3 PM. Shall I confirm it?', true)
  })

  test.each([
    ['nobody\'s number is read out', 'You can reach her at two one three, five five five, oh one oh three.'],
    ['nobody\'s number is read out', 'Her number is 213 555 0103.'],
    ['no link and no address', 'See https://tiny.example.'],
    ['plain words only', 'Your undefined is at 3.'],
    ['no keyword of a text service', 'Or say stop.'],
    ['no more than can be listened to', 'and so on '.repeat(40)],
    ['nobody\'s name is said', 'Hi Hana, how can I help?'],
    ['no staff before proof', 'That would be with Cruz.'],
    ['no service before proof', 'Is it about your women\'s cut?'],
    ['no visit before proof', 'You come at 3 PM.'],
    ['no visit before proof', 'You come on 27 November.'],
    ['the book has what was said', 'Done. It is now on Saturday 28 November at 2 PM.'],
    ['the opt-out is kept', 'Understood, no more texts from us.'],
    ['the desk was told', 'I\'ve passed that on to the desk.'],
  ])('vetoed before proof: %s: %s', async (rule, words) => {
    await expect(hears(words)).rejects.toThrow(rule)
  })

  test.each([
    ['nobody\'s name is said', 'Elena comes at one.'],
    ['the book has what was said', 'Done. Your women\'s cut is now on Saturday 28 November at 2 PM.'],
    ['the book says confirmed', 'Thank you, it\'s confirmed: your women\'s cut with Cruz on Friday 27 November at 3 PM.'],
    ['they wait', 'You\'re on the waitlist for women\'s cut.'],
    ['a text is on its way', 'I\'ve texted you the new time.'],
  ])('vetoed after proof: %s: %s', async (rule, words) => {
    // A code an hour after the last three.
    own.clock.advance(61)
    await expect(hears(words, true)).rejects.toThrow(rule)
  })

  test('vetoed: another end than what was done, first words that hide the machine, a recording nobody knows of', async () => {
    own.clock.advance(61)
    const step: CallStep = { caller: 'fay', rings: true }
    const heard = await does(step)
    const judged = (answer: typeof heard.answer, expected: Partial<CallStep> = {}) => judgeCall({ step: { ...step, ...expected }, heard: { ...heard, answer }, stage: own, play, where })
    await judged(heard.answer)
    const hidden = { pieces: [{ words: 'Hi, this is Tiny Salon.', language: 'en' as const }], next: { kind: 'listen' as const, language: 'en' as const } }
    await expect(judged(hidden)).rejects.toThrow('a machine speaks')
    await expect(judged({ ...hidden, pieces: heard.answer?.pieces ?? [], recording: 'start' })).rejects.toThrow('recording')
    await expect(judged(heard.answer, { comes_to: 'hang_up' })).rejects.toThrow('comes to')
    const call = { needs_person: false }
    await judgeCalls({ wanted: { hana: { client: 'hana', needs_person: false }, fay: call }, stage: own })
    await expect(judgeCalls({ wanted: { fay: call }, stage: own })).rejects.toThrow('who called')
    await expect(judgeCalls({ wanted: { hana: { client: 'hana', needs_person: false }, fay: { ...call, client: 'fay' } }, stage: own })).rejects.toThrow('the call of fay')
    await expect(judgeCalls({ wanted: { hana: { client: 'hana', needs_person: false }, fay: { ...call, message: 'hello' } }, stage: own })).rejects.toThrow('message of fay')
  })
})
