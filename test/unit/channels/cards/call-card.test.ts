import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { setPause } from '../../../../src/approvals/rollout.ts'
import type { Card } from '../../../../src/channels/cards/card.ts'
import { checkLimits } from '../../../../src/channels/slack/blocks/check-limits.ts'
import { renderView } from '../../../../src/channels/slack/blocks/render-view.ts'
import { sayView } from '../../../../src/channels/cards/render-text.ts'
import { openOutgoing } from '../../../../src/phone/outgoing/open-outgoing.ts'
import type { Outgoing } from '../../../../src/phone/outgoing/outgoing.ts'
import { pretendCarrier } from '../../../../src/phone/outgoing/pretend-carrier.ts'
import { maya, olga } from '../../../support/approvals-desk.ts'
import { actionsOf, buttonOf, type CardsDesk, finn, openCardsDesk, press, sentence, textsOf } from '../../../support/cards-desk.ts'
import { callNow, own, type ScriptedCarrier, scriptedCarrier } from '../../phone/outgoing/outgoing-desk.ts'

const subject = 'brief:main:2026-11-21'
let desk: CardsDesk
let carrier: ScriptedCarrier
let outgoing: Outgoing

async function open({ pretend = false }: { pretend?: boolean } = {}): Promise<void> {
  carrier = scriptedCarrier()
  desk = await openCardsDesk({ outgoing: (instance) => {
    const catalog = async () => {
      const read = await instance.platform.catalog()
      return read.ok ? { ...read, value: { ...read.value, business: { ...read.value.business, demo: pretend } } } : read
    }
    outgoing = openOutgoing({ store: instance.store, clock: instance.clock, platform: { ...instance.platform, catalog }, carrier: pretend ? pretendCarrier : carrier, own, deskPhone: '+12135550100' })
    return outgoing
  } })
  desk.clock.set(callNow)
}
afterEach(() => desk.close())

const elena = async (): Promise<Card> => {
  const card = (await desk.cards.view(subject)).cards.find(({ subject: about }) => about === 'call:a-cut')
  if (card === undefined) throw new Error('no call to Elena')
  return card
}
const pressed = async (action: string, more: { by?: typeof maya; values?: Record<string, string> } = {}) => press(desk.cards, { button: buttonOf(await elena(), action), ...more })
/** Says which phone rings, and calls. */
const ring = (by = maya) => pressed('call:ring', { by, values: { phone: '(213) 555-0181' } })
const callId = async () => (await outgoing.stateOf(['a-cut'])).get('a-cut')?.callId ?? ''
const you = 'CA-you-1'
const primary = (card: Card) => card.buttons.filter(({ style }) => style === 'primary').map(({ label }) => label)

describe('a real telephone', () => {
  beforeEach(() => open())

  test('"Call" comes first; the first time it asks which phone should ring, with the desk\'s to begin with, and says what is wrong with one', async () => {
    const card = await elena()
    expect(card.buttons[0]).toMatchObject({ label: 'Call', style: 'primary' })
    expect(actionsOf(card)).toEqual(['call:ring', 'outcome:reached-confirmed', 'outcome:reached-moved', 'outcome:reached-cancelled', 'outcome:voicemail', 'outcome:no-answer', 'outcome:other'])
    expect(await pressed('call:ring')).toMatchObject({ kind: 'form', form: { action: 'call:ring', submit: 'Call', fields: [{ name: 'phone', value: '+12135550100' }] } })
    expect(await pressed('call:ring', { values: { phone: 'mine' } })).toEqual({ kind: 'wrong', errors: { phone: 'Write a phone number like +1 213 555 0100.' } })
    expect(carrier.rung).toEqual([])
    expect(sentence(await ring())).toMatch(/^Your phone rings now\./)
    expect(carrier.rung).toMatchObject([{ to: '+12135550181' }])
  })

  test('the second time it rings at once, and "My phone…" changes which', async () => {
    await outgoing.setPhone({ person: maya, phone: '+12135550181' })
    const [header] = (await desk.cards.view(subject)).cards
    expect(await press(desk.cards, { button: buttonOf(header as Card, 'call:phone') })).toMatchObject({ kind: 'form', form: { submit: 'Save', fields: [{ value: '+12135550181' }] } })
    expect(sentence(await press(desk.cards, { button: buttonOf(header as Card, 'call:phone'), values: { phone: '+12135550182' } }))).toMatch(/^Saved/)
    await pressed('call:ring')
    expect(carrier.rung).toMatchObject([{ to: '+12135550182' }])
  })

  test('during a call the card says how it stands, the script is open, and the outcomes are at hand; "Call" is not', async () => {
    await ring()
    const at = { callId: await callId(), leg: you }
    expect(textsOf(await elena())).toContain('Maya\'s phone rings.')
    await outgoing.whisper(at)
    await outgoing.key({ ...at, keys: '1' })
    await outgoing.client({ callId: at.callId, leg: 'CA-them', status: 'in-progress' })
    const card = await elena()
    expect(card.parts.slice(1, 3)).toEqual([{ kind: 'notice', text: 'Maya is talking with Elena García.' }, { kind: 'fold', label: 'What to say', text: expect.stringMatching(/Elena/), open: true }])
    expect(actionsOf(card)).not.toContain('call:ring')
    expect(actionsOf(card)).toContain('outcome:reached-confirmed')
    expect(sentence(await pressed('outcome:reached-confirmed'))).toMatch(/^Noted: Confirmed/)
    expect((await elena()).tone).toBe('done')
  })

  test('a machine that was left a message: "Left a voicemail" comes first', async () => {
    await ring()
    const at = { callId: await callId(), leg: you }
    const them = { callId: at.callId, leg: 'CA-them' }
    await outgoing.key({ ...at, keys: '1' })
    await outgoing.machine({ ...them, answeredBy: 'machine_end_beep' })
    await outgoing.message(them)
    await outgoing.staff({ ...at, status: 'completed' })
    const card = await elena()
    expect(textsOf(card).join('\n')).toMatch(/An answering machine: the salon's message was left on it\. \(/)
    expect(card.buttons[0]).toMatchObject({ action: 'outcome:voicemail', label: 'Left a voicemail', style: 'primary' })
    expect(primary(card)).toEqual(['Left a voicemail'])
    expect(actionsOf(card)).toContain('call:ring')
    expect(sentence(await pressed('outcome:voicemail'))).toBe('Noted: Left a voicemail.')
  })

  test.each([['no-answer', 'Elena García did not answer.', 'No answer'], ['busy', 'Elena García\'s line is busy.', 'No answer']] as const)('%s: it says so and offers the outcome', async (status, words, label) => {
    await ring()
    const at = { callId: await callId(), leg: you }
    await outgoing.key({ ...at, keys: '1' })
    await outgoing.dialled({ ...at, status })
    await outgoing.staff({ ...at, status: 'completed' })
    expect(textsOf(await elena()).join('\n')).toContain(words)
    expect(primary(await elena())).toEqual([label])
  })

  test('F60: not taken, the client was not rung, and "Call again" comes first', async () => {
    await ring()
    await outgoing.staff({ callId: await callId(), leg: you, status: 'completed' })
    const card = await elena()
    expect(textsOf(card).join('\n')).toContain('Maya did not go on with the call, so Elena García was not rung.')
    expect(primary(card)).toEqual(['Call again'])
  })

  test('somebody else is on it, or the desk is paused: words, and nothing rings', async () => {
    await outgoing.setPhone({ person: finn, phone: '+12135550183' })
    const button = buttonOf(await elena(), 'call:ring')
    await ring()
    expect(await press(desk.cards, { button, by: finn })).toMatchObject({ good: false, text: 'Maya is calling Elena García right now.' })
    await outgoing.staff({ callId: await callId(), leg: you, status: 'no-answer' })
    await setPause({ store: desk.store, paused: true, by: olga, now: desk.clock.now() })
    expect(await press(desk.cards, { button, by: finn })).toMatchObject({ good: false, text: expect.stringMatching(/paused/) })
    expect(carrier.rung).toHaveLength(1)
  })

  test('a manager may have calls only recorded; that the desk calls alone is not to be had', async () => {
    const settings = (await desk.cards.home(olga)).cards.find(({ subject: about }) => about === 'settings') as Card
    const mode = (values: Record<string, string>) => press(desk.cards, { button: buttonOf(settings, 'mode'), by: olga, values: { kind: 'call', location: 'all', perDay: '', ...values } })
    expect(await mode({ mode: 'autonomous', perDay: '5' })).toMatchObject({ kind: 'wrong', errors: { mode: expect.stringMatching(/by a person/) } })
    expect(sentence(await mode({ mode: 'shadow' }))).toBe('Calls to clients: the desk only records, changes nothing.')
    expect(sentence(await ring())).toMatch(/only records/)
    expect(carrier.rung).toEqual([])
  })

  test('F10: the button of one call does not ring another client', async () => {
    const [, , token] = (await desk.cards.view(subject)).cards.filter(({ subject: about }) => about.startsWith('call:')).map((card) => buttonOf(card, 'call:ring').token)
    const mac = buttonOf(await elena(), 'outcome:no-answer').token.split('.')[1]
    expect(await press(desk.cards, { button: { action: 'call:ring', token: `${token?.split('.')[0]}.${mac}` }, values: { phone: '+12135550181' } })).toMatchObject({ good: false })
    expect(carrier.rung).toEqual([])
  })

  test('within Slack\'s limits, in every state', async () => {
    await ring()
    const at = { callId: await callId(), leg: you }
    const check = async () => expect(checkLimits(renderView(await desk.cards.view(subject)))).toEqual([])
    await check()
    await outgoing.key({ ...at, keys: '1' })
    await outgoing.machine({ callId: at.callId, leg: 'CA-them', answeredBy: 'machine_end_beep' })
    await check()
    await outgoing.staff({ ...at, status: 'completed' })
    await check()
  })
})

describe('the demo', () => {
  beforeEach(() => open({ pretend: true }))

  test('no phone rings and it says so; what would be heard and said is shown, and both ends are played to the outcome', async () => {
    expect(sentence(await pressed('call:ring'))).toBe('In the demo no phone rings: the card shows what yours would say, and you press what happens.')
    const card = await elena()
    expect(textsOf(card)).toContain('Demo, no phone rings: press what happens at both ends. Maya\'s phone rings.')
    expect(card.parts).toContainEqual({ kind: 'words', label: 'What your phone would say', text: expect.stringMatching(/^Call for Elena García, today at 1 pm/) })
    expect(sayView(await desk.cards.view(subject))).toContain('What to say: Hi Elena')
    for (const action of ['call:play:take', 'call:play:key', 'call:play:answers']) expect(await pressed(action)).toMatchObject({ kind: 'said', good: true })
    expect(textsOf(await elena()).join('\n')).toContain('Maya is talking with Elena García.')
    await pressed('outcome:reached-confirmed')
    expect((await outgoing.stateOf(['a-cut'])).get('a-cut')).toMatchObject({ state: 'ended', over: true })
  })

  test('F60: pressing nothing ends it, and the client would not be rung', async () => {
    await pressed('call:ring')
    await pressed('call:play:take')
    expect(sentence(await pressed('call:play:hang_up'))).toBe('Without a key nobody is connected: the client is not rung.')
    expect(primary(await elena())).toEqual(['Call again'])
  })

  test('a voicemail answers', async () => {
    await pressed('call:ring')
    await pressed('call:play:take')
    await pressed('call:play:key')
    expect(sentence(await pressed('call:play:machine'))).toBe('A voicemail: the salon\'s message would be left on it.')
    expect(primary(await elena())).toEqual(['Left a voicemail'])
  })
})

test('without a telephone there is no "Call"', async () => {
  await open()
  await desk.close()
  desk = await openCardsDesk()
  expect(actionsOf(await elena())[0]).toBe('outcome:reached-confirmed')
})
