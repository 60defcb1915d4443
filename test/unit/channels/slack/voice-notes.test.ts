import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DeskError } from '../../../../src/salon/errors.ts'
import { openSpeechToText } from '../../../../src/speech/open-speech-to-text.ts'
import { readSound } from '../../../../src/speech/read-sound.ts'
import { forgetOld } from '../../../../src/store/forget-old.ts'
import { expectSoundAudit } from '../../../support/approvals-desk.ts'
import { spokenSentences } from '../../../support/measure-speech.ts'
import { buttonIn, deskChannel, maya, olga, openSlackDesk, type SlackDesk } from '../../../support/slack-desk.ts'
import { directMessage, mention, slackEvent, submission } from '../../../support/slack-events.ts'

let desk: SlackDesk
let began: string
const dm = 'D0MAYA001'
const words = 'move Dana Reyes to friday at three'
const whatIsHeard = (recording: Uint8Array) => Promise.resolve({ text: Buffer.from(recording).toString('utf8') })

beforeAll(async () => { desk = await openSlackDesk() })
beforeEach(async () => {
  for (const table of ['inbox', 'slack_posts', 'outbox', 'voice_notes', 'presses'] as const) await desk.store.db.deleteFrom(table).execute()
  for (const { messages } of desk.fake.channels.values()) messages.length = 0
  for (const list of [desk.turns, desk.logged, desk.fake.ephemerals, desk.fake.statuses]) list.length = 0
  desk.fake.clearFaults()
  desk.fake.views.clear()
  desk.fake.recordings.clear()
  desk.fake.scopes.add('files:read')
  desk.fake.addGroup({ id: 'S0FRONT01', handle: 'front-desk', users: [maya] })
  desk.ears.hear = whatIsHeard
  desk.agent.answer = async ({ text }) => ({ prose: `You said: ${text}` })
  desk.clock.advance(10)
  began = desk.clock.now()
})
afterAll(async () => {
  await expectSoundAudit(desk)
  await desk.close()
})

type Spoken = { say?: string | Uint8Array; user?: string; channel?: string; text?: string; threadTs?: string; id?: string; info?: Record<string, unknown> }

/** What Slack sends when somebody has recorded something. */
function speak({ say = words, user = maya, channel, text = '', threadTs, id, info = {} }: Spoken = {}): Record<string, unknown> {
  const file = desk.fake.record({ bytes: Buffer.from(say), ...info })
  const where = channel ?? `D${user.slice(1)}`
  const ts = desk.fake.say({ channel: where, user, text, ...(threadTs === undefined ? {} : { threadTs }) })
  const given = { user, text, ts, files: [{ ...file }], ...(threadTs === undefined ? {} : { threadTs }), ...(id === undefined ? {} : { id }) }
  return channel === undefined ? directMessage(given) : mention({ ...given, channel })
}
async function spoken(given: Spoken = {}): Promise<void> {
  expect((await desk.send(speak(given))).status).toBe(200)
  await desk.settle()
}
/** What the desk itself wrote there, with where. */
const replies = (channel = dm) => desk.fake.messages(channel).flatMap((message, index) => (message.user === desk.fake.botUserId ? [{ ...message, words: desk.said(channel)[index] ?? '' }] : []))
const press = async (action: string, { user = maya, channel = dm } = {}): Promise<void> => {
  await desk.send(desk.clickOn({ channel, action: `voice_note:${action}`, user }))
  await desk.settle()
}
const buttons = (channel = dm) => ['ask', 'correct'].filter((action) => buttonIn(replies(channel)[0]?.blocks, `voice_note:${action}`) !== undefined)
const form = () => {
  const view = [...desk.fake.views.values()].at(-1)
  if (view === undefined) throw new Error('no form is open')
  return view
}
async function fillIn(text: string, { user = maya } = {}): Promise<void> {
  await desk.send(submission({ user, view: form(), values: { 'field:words': { words: { type: 'plain_text_input', value: text } } } }))
  await desk.settle()
}
/** The log's rows about what was spoken, in this test. */
const rows = () => desk.store.db.selectFrom('audit').select(['actor', 'action', 'subject', 'detail']).where('subject', 'like', 'voice_note:%').where('at', '>=', began).orderBy('seq').execute()
/** Everything that lies in the database, and in the log. */
async function everythingKept(): Promise<string> {
  const tables = ['inbox', 'outbox', 'slack_posts', 'voice_notes', 'presses', 'audit'] as const
  return JSON.stringify([await Promise.all(tables.map((table) => desk.store.db.selectFrom(table).selectAll().execute())), desk.logged])
}

describe('what is spoken is shown as words, and nothing happens before a button is pressed', () => {
  test('in the messages of the desk: a card below it, for whoever spoke', async () => {
    await spoken()
    const [card, ...more] = replies()
    expect(more).toEqual([])
    expect(card?.words).toMatch(new RegExp(`I heard: ${words}`))
    expect(card?.thread_ts).toBe(desk.fake.messages(dm)[0]?.ts)
    expect(buttons()).toEqual(['ask', 'correct'])
    expect(desk.turns).toEqual([])
    expect(desk.fake.statuses[0]).toMatchObject({ channel: dm, status: 'is listening …' })
    expect(await rows()).toMatchObject([{ actor: `slack:${maya}`, action: 'voice_note.heard', detail: { by: 'desk' } }])
  })

  test('"Ask this" is the message it would have been: same conversation, person and thread; then the card says so and has no buttons', async () => {
    await spoken()
    await press('ask')
    expect(desk.turns).toEqual([expect.objectContaining({ text: words, conversationId: `slack:${desk.fake.teamId}:${maya}`, person: { id: `slack:${maya}`, name: 'Maya', role: 'front_desk' } })])
    const [card, answer, ...more] = replies()
    expect(more).toEqual([])
    expect(card?.words).toContain(`You asked: ${words}`)
    expect(buttons()).toEqual([])
    expect(answer).toMatchObject({ words: expect.stringContaining(`You said: ${words}`), thread_ts: card?.thread_ts })
    expect(desk.whispered(maya).join()).toContain('Asked.')
    expect((await rows())[1]).toMatchObject({ actor: `slack:${maya}`, action: 'voice_note.asked', detail: { corrected: false } })
  })

  test('"Correct…" asks what was corrected', async () => {
    await spoken({ say: 'move Dana Raised to friday' })
    await press('correct')
    expect(JSON.stringify(form().view)).toContain('move Dana Raised to friday')
    expect(desk.turns).toEqual([])
    await fillIn('  move Dana Reyes to friday ')
    expect(desk.turns.map(({ text }) => text)).toEqual(['move Dana Reyes to friday'])
    expect(replies()[0]?.words).toContain('You asked: move Dana Reyes to friday')
    expect(buttons()).toEqual([])
    expect((await rows())[1]).toMatchObject({ action: 'voice_note.asked', detail: { corrected: true } })
  })

  test('nothing, and too much, are not asked', async () => {
    await spoken()
    await press('correct')
    for (const bad of ['   ', 'x'.repeat(2_001)]) {
      const answer = await desk.send(submission({ user: maya, view: form(), values: { 'field:words': { words: { type: 'plain_text_input', value: bad } } } }))
      expect(JSON.parse(answer.body)).toMatchObject({ response_action: 'errors' })
    }
    await desk.settle()
    expect(desk.turns).toEqual([])
    expect(buttons()).toEqual(['ask', 'correct'])
  })

  test('a mention in a channel: the card in its thread, a conversation of its own, at the location whose channel it is', async () => {
    await desk.store.db.insertInto('settings').values({ scope: 'main', name: 'slack.channel', value: JSON.stringify(deskChannel), changed_at: desk.clock.now(), changed_by: 'test' }).onConflict((conflict) => conflict.doNothing()).execute()
    await spoken({ channel: deskChannel })
    const thread = desk.fake.messages(deskChannel)[0]?.ts
    expect(replies(deskChannel)).toMatchObject([{ thread_ts: thread }])
    await press('ask', { channel: deskChannel })
    expect(desk.turns).toMatchObject([{ text: words, conversationId: `slack:${desk.fake.teamId}:${deskChannel}:${thread}`, locationId: 'main' }])
    expect(replies(deskChannel).map(({ thread_ts }) => thread_ts)).toEqual([thread, thread])
  })

  test('a thread in which the desk is talked to needs no mention; any other talk is not listened to', async () => {
    await desk.store.db.insertInto('conversations').values({ id: `slack:${desk.fake.teamId}:${deskChannel}:1795280000.000001`, person: `slack:${maya}`, created_at: desk.clock.now(), last_at: desk.clock.now(), turn_token: null, turn_until: null }).onConflict((conflict) => conflict.doNothing()).execute()
    const inThread = (thread: string) => slackEvent({ type: 'message', subtype: 'file_share', channel: deskChannel, channel_type: 'channel', user: maya, text: '', ts: desk.fake.nextTs(), thread_ts: thread, files: [desk.fake.record({ bytes: Buffer.from(words) })] })
    const before = desk.fake.calls('files.info').length
    await desk.send(inThread('1795280000.000009'))
    await desk.settle()
    expect(desk.fake.calls('files.info')).toHaveLength(before)
    expect(replies(deskChannel)).toEqual([])
    await desk.send(inThread('1795280000.000001'))
    await desk.settle()
    expect(replies(deskChannel)).toMatchObject([{ words: expect.stringContaining(words), thread_ts: '1795280000.000001' }])
  })

  test('what was written with it goes before it', async () => {
    await spoken({ text: 'for tomorrow:' })
    expect(replies()[0]?.words).toMatch(/You wrote: for tomorrow:.*I heard: /s)
    await press('ask')
    expect(desk.turns.map(({ text }) => text)).toEqual([`for tomorrow:\n${words}`])
  })

  test.each([
    ['a clip that calls itself a film', { mimetype: 'video/mp4' }], ['a clip of no kind', { mimetype: '' }], ['sound that is no clip', { mimetype: 'audio/mpeg', subtype: undefined }],
  ])('%s is listened to', async (_what, info) => {
    await spoken({ info })
    expect(buttons()).toEqual(['ask', 'correct'])
  })

  test.each([['a film', { mimetype: 'video/mp4', subtype: 'slack_video' }], ['a picture', { mimetype: 'image/png', subtype: undefined }]])('%s is left alone', async (_what, info) => {
    const before = desk.fake.calls('files.info').length
    await spoken({ info, text: 'who is next?' })
    expect(desk.fake.calls('files.info')).toHaveLength(before)
    expect(desk.turns.map(({ text }) => text)).toEqual(['who is next?'])
  })
})

describe('once', () => {
  test('delivered four times on two instances that work at once: one download, one card, one row', async () => {
    const second = await desk.second()
    const body = speak({ id: 'Ev900' })
    const before = desk.fake.calls('download').length
    const answers = await Promise.all([desk.send(body), second.send(body, { retry: 1 }), desk.send(body, { retry: 2 }), second.send(body, { retry: 3 })])
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    await Promise.all([desk.settle(), desk.settle(second)])
    expect(desk.fake.calls('download').length - before).toBe(1)
    expect(replies()).toHaveLength(1)
  })

  test('worked a second time, after whoever worked it first lost its lease: one card', async () => {
    await spoken()
    await desk.store.db.updateTable('inbox').set({ state: 'new', leased_until: null }).execute()
    await desk.settle()
    expect(replies()).toHaveLength(1)
    await press('ask')
    await desk.store.db.updateTable('inbox').set({ state: 'new', leased_until: null }).execute()
    await desk.settle()
    expect(new Set(desk.turns.map(({ requestId }) => requestId)).size).toBe(1)
    expect(replies()).toHaveLength(2)
  })

  test('acknowledged at once while somebody else is still being listened to', async () => {
    let release!: () => void
    const hung = new Promise<void>((resolve) => { release = resolve })
    desk.ears.hear = async (recording) => {
      await hung
      return whatIsHeard(recording)
    }
    await desk.send(speak())
    const working = desk.slack.work()
    const sent = performance.now()
    expect((await desk.send(speak({ user: olga }))).status).toBe(200)
    expect(performance.now() - sent).toBeLessThan(500)
    release()
    await working
    await desk.settle()
    expect([replies().length, replies('D0OLGA001').length]).toEqual([1, 1])
  })

  test('pressed twice, the same press delivered again, and pressed by both buttons: asked once', async () => {
    await spoken()
    const [one, other, correct] = [desk.clickOn({ channel: dm, action: 'voice_note:ask', user: maya }), desk.clickOn({ channel: dm, action: 'voice_note:ask', user: maya }), desk.clickOn({ channel: dm, action: 'voice_note:correct', user: maya })]
    await Promise.all([one, one, other].map((body) => desk.send(body)))
    await desk.settle()
    await desk.send(correct)
    await desk.settle()
    expect(desk.turns).toHaveLength(1)
    expect(replies()).toHaveLength(2)
    expect(desk.fake.views.size).toBe(0)
    expect(desk.whispered(maya).filter((said) => said.includes('asked before'))).toHaveLength(2)
    expect((await rows()).map(({ action }) => action)).toEqual(['voice_note.heard', 'voice_note.asked'])
  })

  test('a form that was open while it was asked is too late', async () => {
    await spoken()
    await press('correct')
    await press('ask')
    await fillIn('something else')
    expect(desk.turns.map(({ text }) => text)).toEqual([words])
    expect(replies()[0]?.words).toContain(`You asked: ${words}`)
  })

  test('an answer that fails on every try is said to have failed, in its thread', async () => {
    await spoken()
    desk.agent.answer = async () => { throw new DeskError('conflict', { message: 'busy' }) }
    await press('ask')
    for (let tries = 0; tries < 6; tries++) {
      desk.clock.advance(1)
      await desk.settle()
    }
    expect(replies().at(-1)).toMatchObject({ words: expect.stringContaining('I have stopped trying'), thread_ts: replies()[0]?.thread_ts })
  })
})

describe('who', () => {
  test.each(['ask', 'correct'])('%s by somebody else is refused in words, and still there for whoever spoke', async (action) => {
    await spoken({ channel: deskChannel })
    await press(action, { user: olga, channel: deskChannel })
    expect(desk.whispered(olga).join()).toContain('Only Maya, who spoke, can send this')
    expect([desk.turns, [...desk.fake.views.values()]]).toEqual([[], []])
    expect((await rows())[1]).toMatchObject({ actor: `slack:${olga}`, action: 'card.refused', detail: { why: 'person' } })
    await press('ask', { channel: deskChannel })
    expect(desk.turns).toHaveLength(1)
  })

  test('who has no role is not listened to, and a role that is gone asks nothing', async () => {
    const before = desk.fake.calls('files.info').length
    await spoken({ user: 'U0NOBODY1' })
    expect(desk.fake.calls('files.info')).toHaveLength(before)
    expect(replies('D0NOBODY1')[0]?.words).toContain('not on the list')
    await spoken()
    desk.fake.addGroup({ id: 'S0FRONT01', handle: 'front-desk', users: [] })
    await press('ask')
    expect(desk.turns).toEqual([])
    expect(desk.whispered(maya).join()).toContain('not on the list')
  })

  test('a button of another note is not believed', async () => {
    await spoken()
    const forged = desk.clickOn({ channel: dm, action: 'voice_note:ask', user: maya }) as { actions: { value: string }[] }
    const [action] = forged.actions
    if (action === undefined) throw new Error('no action')
    action.value = `${Buffer.from(JSON.stringify(['another'])).toString('base64url')}.${action.value.split('.')[1]}`
    await desk.send(forged)
    await desk.settle()
    expect(desk.turns).toEqual([])
    expect(desk.whispered(maya).join()).toContain('does not fit')
  })
})

describe('what cannot be heard is said in the thread, and nothing is asked', () => {
  const sorry = async (given: Spoken = {}): Promise<string> => {
    await spoken(given)
    const [only, ...more] = replies()
    expect([more, buttons(), desk.turns]).toEqual([[], [], []])
    expect(only?.thread_ts).toBe(desk.fake.messages(dm)[0]?.ts)
    return only?.words ?? ''
  }
  const unreadable = new DeskError('invalid_input', { message: 'no ffmpeg', userMessage: 'This recording is in a format (m4a) that I cannot hear here.' })

  test('nothing was said', async () => {
    desk.ears.hear = async () => ({ text: ' ' })
    expect(await sorry()).toContain('I understood nothing in this recording. Speak closer to the microphone, or type.')
  })

  test('and what was written with it is not forgotten silently', async () => {
    desk.ears.hear = async () => ({ text: '' })
    expect(await sorry({ text: 'urgent' })).toContain('What you wrote with it I have left alone, too')
  })

  test('the app may not read files: what to do about it', async () => {
    desk.fake.scopes.delete('files:read')
    const before = desk.fake.calls('download').length
    expect(await sorry()).toMatch(/files:read.*manifest\.yml/)
    expect(desk.fake.calls('download')).toHaveLength(before)
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['kept elsewhere', { is_external: true, mode: 'external' }, 'outside Slack'],
    ['with an address elsewhere', { url_private_download: 'https://evil.example/audio.m4a' }, 'not kept by Slack'],
    ['without an address', { url_private_download: undefined }, 'outside Slack'],
    ['a tombstone', { mode: 'tombstone' }, 'gone from Slack'],
    ['older than the plan keeps', { mode: 'hidden_by_limit' }, 'hides this recording'],
    ['eleven megabytes', { size: 11 * 1024 * 1024 }, 'too large'],
    ['two minutes and a bit', { duration_ms: 120_500 }, 'too long'],
  ])('%s: nothing is downloaded', async (_what, info, said) => {
    const before = desk.fake.calls('download').length
    expect(await sorry({ info })).toContain(said)
    expect(desk.fake.calls('download')).toHaveLength(before)
  })

  test('deleted meanwhile', async () => {
    const body = speak()
    for (const file of desk.fake.recordings.values()) file.deleted = true
    await desk.send(body)
    await desk.settle()
    expect(replies()[0]?.words).toContain('gone from Slack')
  })

  test.each([['404', { kind: 'status', status: 404 }, 'gone from Slack'], ['403', { kind: 'status', status: 403 }, 'did not let me'], ['a redirect', { kind: 'redirect', to: 'https://evil.example/' }, 'did not let me'], ['a sign-in page', { kind: 'html' }, 'did not let me'], ['a huge length', { kind: 'length', bytes: 5e9 }, 'too large']] as const)('%s', async (_what, fault, said) => {
    desk.fake.fileFault(fault)
    expect(await sorry()).toContain(said)
  })

  test('several at once', async () => {
    const body = speak() as { event: { files: object[] } }
    body.event.files.push(desk.fake.record({ bytes: Buffer.from('more') }))
    await desk.send(body)
    await desk.settle()
    expect(replies()[0]?.words).toContain('one recording at a time')
  })

  test('more words than a line may have', async () => {
    expect(await sorry({ say: 'word '.repeat(500) })).toContain('more than I can take at once')
  })

  test('a kind that this machine cannot read: its own words say so', async () => {
    desk.ears.hear = async () => { throw unreadable }
    expect(await sorry({ info: { transcription: { status: 'failed' } } })).toContain('(m4a)')
    expect(desk.logged.join()).toContain('no ffmpeg')
  })

  test('a line that breaks off, or an answer that does not come, is tried again and then heard', async () => {
    desk.fake.fileFault({ kind: 'truncated' })
    desk.fake.fileFault({ kind: 'status', status: 503 })
    desk.fake.fault('files.info', { kind: 'status', status: 500 })
    await desk.send(speak())
    for (let tries = 0; tries < 4; tries++) {
      await desk.settle()
      desk.clock.advance(1)
    }
    expect(replies()).toHaveLength(1)
    expect(buttons()).toEqual(['ask', 'correct'])
  })

  test('Slack never gives it: after the last try that is said, once', async () => {
    desk.fake.fileFault({ kind: 'truncated' }, 20)
    await desk.send(speak())
    for (let tries = 0; tries < 8; tries++) {
      await desk.settle()
      desk.clock.advance(1)
    }
    expect(replies().map(({ words: said }) => said)).toEqual([expect.stringContaining('I have stopped trying')])
  })

  describe('what Slack wrote down stands in where the desk cannot hear', () => {
    const complete = { status: 'complete', locale: 'en-US', preview: { content: words, has_more: false } }
    beforeEach(() => { desk.ears.hear = async () => { throw unreadable } })

    test('and the card says whose words they are', async () => {
      await spoken({ info: { transcription: complete } })
      expect(replies()[0]?.words).toMatch(new RegExp(`I heard: ${words}.*Slack wrote this down`, 's'))
      await press('ask')
      expect(desk.turns.map(({ text }) => text)).toEqual([words])
      expect((await rows())[0]).toMatchObject({ action: 'voice_note.heard', detail: { by: 'slack' } })
    })

    test.each([['only the beginning', { ...complete, preview: { content: words, has_more: true } }], ['nothing', { ...complete, preview: { content: ' ', has_more: false } }], ['no preview', { status: 'complete' }], ['something else altogether', 'soon']])('not where there is %s', async (_what, transcription) => {
      expect(await sorry({ info: { transcription } })).toContain('(m4a)')
    })

    test('it is waited for a moment', async () => {
      await desk.send(speak())
      await desk.settle()
      expect(replies()).toEqual([])
      for (const { info } of desk.fake.recordings.values()) info['transcription'] = complete
      desk.clock.advance(0.1)
      await desk.settle()
      expect(buttons()).toEqual(['ask', 'correct'])
    })

    test('and not for ever', async () => {
      await desk.send(speak())
      await desk.settle()
      desk.clock.advance(1)
      await desk.settle()
      expect(replies()[0]?.words).toContain('(m4a)')
    })

    test('what the desk hears itself counts before it', async () => {
      desk.ears.hear = whatIsHeard
      await spoken({ say: 'cancel hana', info: { transcription: complete } })
      expect(replies()[0]?.words).toContain('I heard: cancel hana')
    })
  })
})

describe('what is kept', () => {
  test('neither sound nor words lie open in the database or the log', async () => {
    const secret = 'Dana Reyes owes us for Tuesday'
    desk.ears.hear = async () => ({ text: secret })
    await spoken({ say: 'the-sound-itself', info: { transcription: { status: 'complete', preview: { content: 'slack heard Dana', has_more: false } } } })
    const sound = Buffer.from('the-sound-itself')
    const before = await everythingKept()
    for (const open of [secret, 'slack heard Dana', sound.toString('utf8'), sound.toString('base64'), '/files-pri/']) expect(before).not.toContain(open)
    await press('ask')
    const after = await everythingKept()
    // The answer of the test's agent repeats what it heard, as any answer may; it is taken out.
    expect(after.replaceAll(`You said: ${secret}`, '')).not.toContain(secret)
    expect(desk.logged.join()).not.toContain('Dana')
    expect(desk.logged.join()).toContain('a voice note was heard')
  })

  test('for seven days; then its buttons say so', async () => {
    await spoken()
    desk.clock.advance(6 * 24 * 60)
    await forgetOld(desk)
    expect(await desk.store.db.selectFrom('voice_notes').select('id').execute()).toHaveLength(1)
    const late = desk.clickOn({ channel: dm, action: 'voice_note:ask', user: maya })
    desk.clock.advance(2 * 24 * 60)
    await forgetOld(desk)
    expect(await desk.store.db.selectFrom('voice_notes').select('id').execute()).toEqual([])
    await desk.send(late)
    await desk.settle()
    expect(desk.whispered(maya).join()).toContain('I keep them for seven days')
    expect(desk.turns).toEqual([])
  })
})

describe('with the model that is shipped', () => {
  const speech = openSpeechToText()
  beforeEach(() => { desk.ears.hear = async (recording) => speech.transcribe(await readSound(recording)) })

  test('a sentence is heard, and asked', async () => {
    await spoken({ say: await readFile(join(spokenSentences, 'cancellation-policy.wav')), info: { mimetype: 'audio/wav' } })
    expect(replies()[0]?.words).toMatch(/I heard: What is your cancellation policy/i)
    await press('ask')
    expect(desk.turns).toMatchObject([{ text: expect.stringMatching(/^What is your cancellation policy\??$/i) }])
  })

  test('a clip as the browser records it; and what is no sound says so', async () => {
    await spoken({ say: await readFile(join(spokenSentences, 'formats/need-to-cancel.webm')), info: { mimetype: 'audio/webm' } })
    expect(replies()[0]?.words).toMatch(/I heard: I need to cancel/i)
    await spoken({ user: olga, say: '<html>not sound</html>', info: { transcription: undefined } })
    expect(replies('D0OLGA001')[0]?.words).toContain('cannot be read')
  })
})
