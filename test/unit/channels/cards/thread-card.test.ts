import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { setPause, setRollout } from '../../../../src/approvals/rollout.ts'
import type { Card, Cards } from '../../../../src/channels/cards/card.ts'
import { openCards } from '../../../../src/channels/cards/open-cards.ts'
import { sayView } from '../../../../src/channels/cards/render-text.ts'
import { sayBecame } from '../../../../src/channels/cards/say-text.ts'
import { readDayBook } from '../../../../src/insights/day-book.ts'
import { rememberPerson } from '../../../../src/store/people.ts'
import { maya, olga } from '../../../support/approvals-desk.ts'
import { actionsOf, buttonOf, cardOf, finn, press, score, sentence, textsOf } from '../../../support/cards-desk.ts'
import { type MessagesDesk, moveAndTell, openMessagesDesk, sharedPhoneBook, threadAudit } from '../../messages/messages-desk.ts'

let desk: MessagesDesk
let cards: Cards
let ids = 0

const open = async (book?: ReturnType<typeof sharedPhoneBook>): Promise<void> => {
  desk = await openMessagesDesk(book === undefined ? {} : { book })
  const { store, clock, platform, messages, approvals, actions } = desk
  for (const person of [maya, finn, olga]) await rememberPerson(store.db, { person, now: clock.now() })
  cards = openCards({ store, clock, platform, approvals, messages, actions, score, dayBook: (day) => readDayBook({ platform, score, clock, ...day }), brief: async () => undefined })
}
const words = (card: Card): string => textsOf(card).join('\n')
const thread = (clientId: string): Promise<Card> => cardOf(cards, `thread:${clientId}`)
const writes = (clientId: string, body: string) => desk.messages.receive({ clientId, body, externalId: `x${++ids}` })
const fact = (card: Card, label: string): string | undefined => card.parts.flatMap((part) => (part.kind === 'facts' ? part.rows : [])).find((row) => row.label === label)?.value
const statusOf = async (id: string): Promise<string> => {
  const read = await desk.platform.appointment({ id })
  return read.ok ? read.value.status : 'gone'
}

describe('a reply that waits', () => {
  beforeAll(() => open())
  afterAll(() => desk.store.close())

  test('F26: it says how it was read, why it is here, and offers only the readings that make sense', async () => {
    await moveAndTell(desk)
    await writes('dana-k', 'yes but could we do 3:30')
    const card = await thread('dana-k')
    expect(fact(card, 'Read as')).toMatch(/^(they confirm|another time), maybe \(\d+ %\)/)
    expect(fact(card, 'Why it is here')).toMatch(/^[A-Z].*\.$/)
    expect(fact(card, 'Why it is here')).not.toContain('_')
    expect(words(card)).toContain('This waits for a person since 12:00 pm')
    expect(actionsOf(card)).toEqual(['read_as:yes', 'read_as:change', 'read_as:cancel', 'read_as:no', 'seen_to', 'write', 'take_over'])
    expect(card.buttons.map(({ label }) => label).slice(0, 5)).toEqual(['They confirm', 'They want another time', 'They want to cancel', 'They say no', 'Nothing to do'])
  })

  test('"They confirm" does what a sure YES would have done, once; who comes second is told', async () => {
    const button = buttonOf(await thread('dana-k'), 'read_as:yes')
    expect(sentence(await press(cards, { button }))).toBe('Done. Dana Kim\'s visit is confirmed in the book.')
    expect(await statusOf('b-cut')).toBe('confirmed')
    const second = await press(cards, { button, by: finn })
    expect(second).toMatchObject({ kind: 'said', good: false, text: 'Somebody has seen to this text already.', subjects: expect.arrayContaining(['thread:dana-k']) })
    expect(actionsOf(await thread('dana-k'))).not.toContain('read_as:yes')
  })

  test('F24: with nothing asked there is no YES or NO to give; another time and a cancellation need a visit ahead', async () => {
    await writes('hana', 'yes')
    expect(fact(await thread('hana'), 'Why it is here')).toMatch(/^Nothing was asked that this could answer/)
    expect(actionsOf(await thread('hana')).filter((action) => action.startsWith('read_as'))).toEqual(['read_as:change', 'read_as:cancel'])
    await writes('jo', 'ok')
    const nothingAhead = await thread('jo')
    expect(fact(nothingAhead, 'Next visit')).toBe('none booked')
    expect(actionsOf(nothingAhead).filter((action) => action.startsWith('read_as'))).toEqual([])
    expect(buttonOf(nothingAhead, 'seen_to').label).toBe('Seen to')
  })

  test('"They want to cancel" prepares the change with the client\'s words on it and cancels nothing; its card stands below', async () => {
    const answer = await press(cards, { button: buttonOf(await thread('hana'), 'read_as:cancel') })
    expect(sentence(answer)).toMatch(/^Prepared as P-\w{6}: Cancel Hana Suzuki\. Nothing is cancelled until somebody approves it\.$/)
    expect(await statusOf('c-friday')).toBe('booked')
    const [proposal] = await desk.approvals.list()
    expect(proposal).toMatchObject({ kind: 'cancel', state: 'pending', args: { appointmentId: 'c-friday', cancelledBy: 'client' }, reason: 'By the client\'s text: yes' })
    const view = await cards.view('thread:hana')
    expect(view.cards.map(({ subject }) => subject)).toEqual(['thread:hana', `proposal:${proposal?.id}`])
    expect(view.cards[0]?.tone).toBe('plain')
    await press(cards, { button: buttonOf(view.cards[1] as Card, 'approve') })
    expect(await statusOf('c-friday')).toBe('cancelled')
  })

  test('with several visits ahead it is asked which one', async () => {
    for (const time of ['2026-11-24T18:00:00.000Z', '2026-11-25T18:00:00.000Z']) {
      const slots = await desk.platform.searchSlots({ locationId: 'main', wants: [{ serviceId: 'beard' }], from: time, to: '2026-12-01T00:00:00.000Z', limit: 1 })
      if (!slots.ok || slots.value[0] === undefined) throw new Error('nothing free')
      await desk.platform.create({ key: time, slotId: slots.value[0].id, clientId: 'ivan' })
    }
    await writes('ivan', 'I must cancel')
    const button = buttonOf(await thread('ivan'), 'read_as:cancel')
    const form = await press(cards, { button })
    if (form.kind !== 'form') throw new Error('no form')
    const [field] = form.form.fields
    const options = field?.kind === 'choice' ? field.options : []
    expect(options.map(({ label }) => label)).toEqual([expect.stringMatching(/^Tuesday 24 November/), expect.stringMatching(/^Wednesday 25 November/)])
    expect(sentence(await press(cards, { button, values: { visit: options[1]?.value ?? '' } }))).toMatch(/^Prepared as/)
    expect((await desk.approvals.list()).map(({ args }) => args)).toContainEqual({ appointmentId: options[1]?.value, cancelledBy: 'client' })
  })

  test('"They say no" closes it and leaves the booking', async () => {
    await moveAndTell(desk, { id: 'c-beard', date: '2026-11-24', time: '14:00' })
    await writes('george', 'hmm not sure')
    const answer = await press(cards, { button: buttonOf(await thread('george'), 'read_as:no') })
    expect(sentence(answer)).toBe('Noted: George Papadakis says no. The booking itself is unchanged.')
    expect(['booked', 'confirmed']).toContain(await statusOf('c-beard'))
  })

  test('what cannot wait is said first: health, and a number that may be somebody else\'s', async () => {
    await writes('fay', 'I am allergic to the dye, is that dangerous with my pregnancy?')
    expect((await thread('fay')).parts).toContainEqual({ kind: 'notice', text: 'Soon, please: it is about health. Call them.' })
    await writes('elena', 'wrong number, who is this?')
    expect(words(await thread('elena'))).toMatch(/Soon, please: this number may belong to somebody else\./)
  })

  test('while the desk is paused "They confirm" is refused in words and the reply still waits', async () => {
    await moveAndTell(desk, { id: 'a-color', date: '2026-11-24', time: '09:00' })
    await writes('dana-w', 'sure, maybe')
    await setPause({ store: desk.store, paused: true, by: olga, now: desk.clock.now() })
    const answer = await press(cards, { button: buttonOf(await thread('dana-w'), 'read_as:yes') })
    expect(answer).toMatchObject({ kind: 'said', good: false, text: expect.stringContaining('still waits for you') })
    await setPause({ store: desk.store, paused: false, by: olga, now: desk.clock.now() })
    expect((await thread('dana-w')).tone).toBe('waiting')
  })

  test('who waits, as a list: with their words and since when; in plain lines for the terminal', async () => {
    const view = await cards.view('texts')
    expect(sayView(view)).toMatch(/clients wait for you[\s\S]*Fay O'Neil wrote at 12:00 pm: “I am allergic/)
    expect(view.cards[0]?.buttons[0]).toMatchObject({ action: 'show', label: expect.stringMatching(/^Open /) })
  })

  test('a button under another client\'s thread is no button', async () => {
    const { token } = buttonOf(await thread('fay'), 'seen_to')
    expect(await press(cards, { button: { action: 'take_over', token } })).toMatchObject({ kind: 'said', good: false, text: expect.stringContaining('does not fit') })
  })
})

describe('F23: a number that two clients share', () => {
  beforeAll(() => open(sharedPhoneBook()))
  afterAll(() => desk.store.close())

  test('the card names who else it may be', async () => {
    await writes('dana-k', 'yes')
    const card = await thread('dana-k')
    expect(fact(card, 'Same number')).toBe('Elena García (it may be any of them)')
    expect(fact(card, 'Why it is here')).toMatch(/^Several clients share this number/)
  })
})

describe('taking over', () => {
  beforeAll(() => open())
  afterAll(() => desk.store.close())

  test('the desk is silent until it is handed back, everybody sees who has it, and the log has both', async () => {
    await moveAndTell(desk)
    expect(sentence(await press(cards, { button: buttonOf(await thread('dana-k'), 'take_over') }))).toMatch(/^You have taken Dana Kim over/)
    const taken = await thread('dana-k')
    expect(taken.parts).toContainEqual({ kind: 'notice', text: 'Maya has taken this over at 12:00 pm: the desk says nothing until it is handed back.' })
    await writes('dana-k', 'YES')
    expect(await statusOf('b-cut')).toBe('booked')
    expect(fact(await thread('dana-k'), 'Why it is here')).toBe('Somebody had taken this over when it came, so the desk only listened.')

    expect(sentence(await press(cards, { button: buttonOf(await thread('dana-k'), 'hand_back'), by: finn }))).toMatch(/^Handed back.*still waits for a person\.$/)
    expect(words(await thread('dana-k'))).not.toContain('has taken this over')
    expect(await threadAudit(desk, 'dana-k')).toEqual(expect.arrayContaining(['thread.taken_over', 'thread.handed_back']))
  })
})

describe('writing to a client', () => {
  beforeAll(() => open())
  afterAll(() => desk.store.close())
  beforeEach(() => { desk.phones.sent.length = 0 })

  const write = async (clientId: string, body: string, by = maya) => press(cards, { button: buttonOf(await thread(clientId), 'write'), values: { body }, by })

  test('the form says to whom, counts, and quotes what is answered; sending it is the approval, with all its records', async () => {
    await writes('hana', 'Do you have parking?')
    const form = await press(cards, { button: buttonOf(await thread('hana'), 'write') })
    expect(form).toMatchObject({ kind: 'form', form: { title: 'Write to Hana Suzuki', submit: 'Send', intro: [{ kind: 'words', text: 'Do you have parking?' }, { kind: 'small' }], fields: [{ name: 'body', isSms: true }] } })
    expect(sentence(await write('hana', 'Hi Hana, it\'s Tiny Salon. Yes, behind the house.'))).toBe('Done. The text to Hana Suzuki is on its way.')
    await desk.messages.deliver()
    expect(desk.phones.sent.map(({ body }) => body)).toEqual(['Hi Hana, it\'s Tiny Salon. Yes, behind the house.'])
    expect((await thread('hana')).tone).toBe('plain')
    const [proposal] = await desk.approvals.list({ recent: 1 })
    expect(proposal).toMatchObject({ kind: 'text_client', state: 'done', decidedBy: maya.id, requestedBy: maya.id, conversation: 'thread:hana' })
  })

  test('the same press again sends nothing again', async () => {
    const button = buttonOf(await thread('fay'), 'write')
    for (let time = 0; time < 2; time++) await press(cards, { button, values: { body: 'Hi Fay, it\'s Tiny Salon.' }, requestId: 'twice' })
    await desk.messages.deliver()
    expect(desk.phones.sent).toHaveLength(1)
  })

  test('what may not be sent is said in the form; nothing is stored', async () => {
    expect(await write('hana', 'George Papadakis cancelled!')).toMatchObject({ kind: 'wrong', errors: { body: expect.stringContaining('names another client') } })
    expect(await write('hana', '   ')).toMatchObject({ kind: 'wrong', errors: { body: 'Write something.' } })
    expect(desk.phones.sent).toEqual([])
  })

  test('a long one, or one with something to look at, waits on its card with segments and cost, and is sent from there', async () => {
    expect(sentence(await write('hana', 'Long words. '.repeat(30)))).toMatch(/^Prepared as P-\w{6}, and not sent yet: it takes 3 segments, about 4\s¢\. Read it on its card, then send it\.$/)
    expect(sentence(await write('hana', 'The garage: 503-555-0199'))).toMatch(/not sent yet: It holds a number that is not the salon's/)
    const view = await cards.view('thread:hana')
    const card = view.cards.find(({ parts }) => parts.some((part) => part.kind === 'client_text' && part.segments === 3)) as Card
    expect(buttonOf(card, 'approve').label).toBe('Send it')
    await press(cards, { button: buttonOf(card, 'approve'), by: finn })
    await desk.messages.deliver()
    expect(desk.phones.sent).toHaveLength(1)
  })

  test('in shadow mode for texts it is only recorded', async () => {
    await setRollout({ store: desk.store, kind: 'text_client', rollout: { mode: 'shadow' }, by: olga, now: desk.clock.now() })
    expect(await write('jo', 'Hi Jo, it\'s Tiny Salon.')).toMatchObject({ kind: 'said', good: false, text: expect.stringContaining('Only recorded') })
    await setRollout({ store: desk.store, kind: 'text_client', rollout: { mode: 'assisted' }, by: olga, now: desk.clock.now() })
  })
})

describe('F21: consent', () => {
  beforeAll(() => open())
  afterAll(() => desk.store.close())

  test('free words are quoted with when, and a person may undo them with a reason that is kept', async () => {
    await writes('hana', 'please do not text me anymore')
    const card = await thread('hana')
    expect(words(card)).toContain('This client asked for no more texts at 12:00 pm, in these words: “please do not text me anymore”. Please call instead.')
    expect(actionsOf(card)).not.toContain('write')
    const button = buttonOf(card, 'consent:in')
    expect(await press(cards, { button })).toMatchObject({ kind: 'form', form: { submit: 'Allow texts' } })
    expect(await press(cards, { button, values: { reason: ' ' } })).toMatchObject({ kind: 'wrong' })
    expect(sentence(await press(cards, { button, values: { reason: 'On the phone: text me again' } }))).toBe('Noted. Hana Suzuki gets texts again.')
    expect(words(await thread('hana'))).not.toContain('no more texts at')
    const rows = await desk.store.db.selectFrom('consents').select(['state', 'source', 'by', 'words']).orderBy('id').execute()
    expect(rows.map(({ state, source, by }) => [state, source, by])).toEqual([['out', 'words', 'client:hana'], ['in', 'staff', maya.id]])
    expect(desk.store.seal.open(rows[1]?.words ?? '')).toBe('On the phone: text me again')
  })

  test('F20: a STOP is the client\'s own to undo: no button, and who presses an old one is told', async () => {
    await writes('fay', 'please do not text me anymore')
    const old = buttonOf(await thread('fay'), 'consent:in')
    await writes('fay', 'STOP')
    const card = await thread('fay')
    expect(words(card)).toContain('To get texts again the client must text START.')
    expect(actionsOf(card)).not.toContain('consent:in')
    expect(sentence(await press(cards, { button: old, values: { reason: 'they said so' } }))).toMatch(/by texting START/)
  })

  test('what a client says on the phone counts: no more texts, with who noted it', async () => {
    const answer = await press(cards, { button: buttonOf(await thread('jo'), 'consent:out'), values: { reason: 'Told me at the till' } })
    expect(sentence(answer)).toBe('Noted. Jo Danvers gets no more texts.')
    expect(words(await thread('jo'))).toContain('Maya noted at 12:00 pm that this client wants no more texts, in these words: “Told me at the till”.')
  })
})

test.each([
  [{ state: 'sent', delivery: 'delivered', deliveredAt: '2026-11-20T17:41:00.000Z' }, 'delivered at 9:41 am.'],
  [{ state: 'sent', delivery: 'delivered', channel: 'email', deliveredAt: '2026-11-20T17:41:00.000Z' }, 'delivered by email at 9:41 am.'],
  [{ state: 'sent', delivery: 'undelivered', errorCode: '30006' }, 'not delivered: it is a landline, or a number that takes no texts.'],
  [{ state: 'sent', delivery: 'undelivered', errorCode: '30003' }, 'not delivered: the phone is off or out of reach.'],
  [{ state: 'sent', delivery: 'failed' }, 'not delivered: it could not be delivered.'],
  [{ state: 'sent', delivery: 'sent' }, 'sent at 9:40 am.'],
  [{ state: 'sent', channel: 'email' }, 'sent by email at 9:40 am.'],
  [{ state: 'queued' }, 'on its way.'],
  [{ state: 'unknown' }, 'it is not known whether it arrived.'],
  [{ state: 'suppressed', errorCode: 'opted_out' }, 'not sent: the number has said STOP.'],
] as const)('F32: what became of a text is said plainly: %j', (text, said) => {
  expect(sayBecame({ at: '2026-11-20T17:40:00.000Z', ...text }, { zone: 'America/Los_Angeles', now: '2026-11-20T20:00:00.000Z', paused: false })).toBe(said)
})
