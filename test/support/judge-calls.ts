import { expect } from 'vitest'
import { sql } from 'kysely'
import { readDigits } from '../../src/phone/hearing/read-digits.ts'
import { unwrap } from '../../src/platforms/unwrap.ts'
import { addMinutes, localDate, localTime } from '../../src/salon/time.ts'
import type { CallStep } from './call-format.ts'
import { pattern } from './judge-texts.ts'
import type { CallHeard, PlayCall } from './play-calls.ts'
import type { Play } from './play-format.ts'
import type { Stage } from './play-stage.ts'
import { tinyZone } from './tiny-book.ts'

type Judged = { step: CallStep; heard: CallHeard; stage: Stage; play: Play; where: string }

/** What one step of a call brought, and that all of it is fit to be heard. */
export async function judgeCall(judged: Judged): Promise<void> {
  const { step, heard: { answer, did, call, isFirst }, stage, play, where } = judged
  const all = answer?.pieces.map(({ words }) => words).join(' ') ?? ''
  for (const words of step.hears ?? []) expect(all, `${where} the caller hears`).toMatch(pattern(words))
  for (const words of step.does_not_hear ?? []) expect(all, `${where} the caller does not hear`).not.toMatch(pattern(words))
  if (step.hears_nothing === true) expect(all, `${where} the caller hears nothing`).toBe('')
  else if ('caller' in step && step.says !== undefined) expect(all, `${where}: who says something hears something`).not.toBe('')
  if (step.comes_to !== undefined) expect(answer?.next.kind, `${where} comes to, having said:\n${all}\n`).toBe(step.comes_to)
  if (step.did !== undefined) expect(did, `${where} did, having said:\n${all}\n`).toBe(step.did)
  if (step.why !== undefined) expect(answer?.next.kind === 'hand_over' ? answer.next.why : await whyOf(call, stage), `${where} why`).toBe(step.why)
  expect(answer?.recording, `${where} recording`).toBe(step.recording)
  if (isFirst) expect(answer?.pieces[0]?.words, `${where}: the first words say that a machine speaks`).toMatch(/automated assistant/)
  await judgeSpoken({ words: all, heard: judged.heard, stage, play, where })
}

/** What holds for everything that is said in any call. */
export async function judgeSpoken({ words, heard: { call, wasProvenAs }, stage, play, where }: { words: string; heard: Pick<CallHeard, 'call' | 'wasProvenAs'>; stage: Stage; play: Play; where: string }): Promise<void> {
  for (const never of play.never.hears) expect(words, `${where}: never hears`).not.toMatch(pattern(never))
  const runs = words.split(/[^\d\s().+-]+/).map((run) => run.replaceAll(/\D/g, ''))
  expect(stage.numbers.filter((number) => [...runs, readDigits(words)].some((digits) => digits.includes(number.slice(-7)))), `${where}: nobody's number is read out: ${words}`).toEqual([])
  expect(words, `${where}: a voice says no link and no address`).not.toMatch(/https?:|www\.|[\w.+-]+@[\w-]+\.\w+/)
  expect(words, `${where}: plain words only`).not.toMatch(/\w*Error\b:|\bundefined\b|\bNaN\b|\[object |ECONN|\bnull\b|\{|\}|slotId|clientId|appointmentId/)
  expect(words, `${where}: no keyword of a text service is asked for`).not.toMatch(/\b(?:say|press|reply|text|diga|marque|responda)\W+(?:stop|cancel|end|quit|revoke|unsubscribe)\b/i)
  expect(words.split(/\s+/).length, `${where}: no more than can be listened to: ${words}`).toBeLessThanOrEqual(90)
  const row = await stage.store.db.selectFrom('phone_calls').selectAll().where('id', '=', call.callId).executeTakeFirstOrThrow()
  if (call.provenAs === undefined) expect(row.client_id, `${where}: nobody is taken for proven who read out no code`).toBe(null)
  const proven = row.client_id ?? wasProvenAs
  await judgePrivate({ words, proven, call, stage, where })
  await judgePromises({ words, proven, row, stage, where })
}

/** Before the caller has proven who they are nothing of anybody is said; after that nothing of anybody else. */
async function judgePrivate({ words, proven, call, stage, where }: { words: string; proven: string | undefined; call: PlayCall; stage: Stage; where: string }): Promise<void> {
  const { platform, store } = stage
  const everybody = unwrap(await platform.clients({ ids: (await sql<{ id: string }>`select id from book_clients`.execute(store.db)).rows.map(({ id }) => id) }))
  const others = everybody.filter(({ id }) => id !== proven)
  const own = everybody.find(({ id }) => id === proven)
  const names = others.flatMap(({ firstName, lastName }) => [firstName, lastName]).filter((name) => name.length > 2 && name !== own?.firstName && name !== own?.lastName)
  expect(names.filter((name) => new RegExp(`(?<!\\p{L})${name}(?!\\p{L})`, 'u').test(words)), `${where}: nobody's name is said: ${words}`).toEqual([])
  if (proven !== undefined) return
  const { staff, services } = unwrap(await platform.catalog())
  expect(staff.filter(({ name }) => new RegExp(`\\b${name.split(' ')[0]}\\b`).test(words)).map(({ name }) => name), `${where}: no staff before proof: ${words}`).toEqual([])
  expect(services.filter(({ name }) => words.toLowerCase().includes(`your ${name.toLowerCase()}`)).map(({ name }) => name), `${where}: no service before proof: ${words}`).toEqual([])
  const concerned = everybody.filter(({ id, phones }) => id === call.caller || (call.from !== undefined && phones.includes(call.from)))
  const now = stage.clock.now()
  const visits = (await Promise.all(concerned.map(({ id }) => platform.appointments({ clientId: id, from: addMinutes(now, -1), to: addMinutes(now, 90 * 24 * 60) }).then((found) => (found.ok ? found.value.items : []))))).flat()
  expect(visits.flatMap(({ start }) => sayings(start)).filter((said) => new RegExp(`(?<!\\d)${said}`).test(words)), `${where}: no visit before proof: ${words}`).toEqual([])
}

/** How a visit's day and time would sound. */
function sayings(start: string): string[] {
  return [`${Number(localDate(start, tinyZone).slice(8))} ${monthOf(start)}`, `${hourOf(start)}(?::00)? (?:AM|PM|de la)`]
}

function monthOf(start: string): string {
  return new Intl.DateTimeFormat('en', { month: 'long', timeZone: tinyZone }).format(new Date(start))
}

function hourOf(start: string): string {
  const time = localTime(start, tinyZone)
  const [hour, minute] = [Number(time.slice(0, 2)), time.slice(3, 5)]
  return `${hour % 12 === 0 ? 12 : hour % 12}${minute === '00' ? '' : `:${minute}`}`
}

/** What is said to be done is done in the store, at the moment it is said. */
async function judgePromises({ words, proven, row, stage, where }: { words: string; proven: string | undefined; row: { id: string; started_at: string; needs_person: boolean }; stage: Stage; where: string }): Promise<void> {
  const { store, platform, clock } = stage
  const claims = (claim: RegExp) => claim.test(words)
  const visitsOf = async () => (proven === undefined ? [] : unwrap(await platform.appointments({ clientId: proven, from: clock.now(), to: addMinutes(clock.now(), 90 * 24 * 60) })).items.filter(({ status }) => status !== 'cancelled'))
  const said = (start: string) => new RegExp(`\\b${Number(localDate(start, tinyZone).slice(8))}\\b.*\\b${hourOf(start)}\\b|\\b(?:today|tomorrow|hoy|mañana)\\b.*\\b${hourOf(start)}\\b`).test(words)
  if (claims(/\bis now on\b|es ahora el\b|\byou're booked\b|queda reservada|\bit's confirmed\b|queda confirmada|is confirmed already|ya está confirmada/i)) {
    expect((await visitsOf()).filter(({ start }) => said(start)), `${where}: the book has what was said: ${words}`).not.toEqual([])
  }
  if (claims(/\bit's confirmed\b|queda confirmada|all confirmed|todas confirmadas|is confirmed already|ya está confirmada/i)) {
    expect((await visitsOf()).filter(({ status }) => status === 'confirmed'), `${where}: the book says confirmed: ${words}`).not.toEqual([])
  }
  if (claims(/you're on the waitlist|está en la lista/i)) expect(unwrap(await platform.waitlist({ locationId: 'main' })).filter(({ clientId, status }) => clientId === proven && status === 'waiting'), `${where}: they wait: ${words}`).not.toEqual([])
  if (claims(/no more texts from us|no le enviaremos más/i)) expect(await store.db.selectFrom('consents').select('state').where('state', '=', 'out').execute(), `${where}: the opt-out is kept: ${words}`).not.toEqual([])
  if (claims(/I've (?:passed|asked the desk)|telling the desk|he (?:pasado|pedido)|digo a recepción/i)) {
    const waits = row.needs_person || (await store.db.selectFrom('proposals').select('id').where('state', '=', 'pending').execute()).length > 0
    expect(waits, `${where}: the desk was told: ${words}`).toBe(true)
  }
  if (claims(/I've texted you the|I'm texting you|le envi(?:é|o) (?:la|los|el)/i)) {
    const texts = await store.db.selectFrom('texts').select('id').where('direction', '=', 'out').where('channel', '=', 'sms').where('template', '!=', 'phone-code').where('at', '>=', row.started_at).where('state', 'in', ['queued', 'sent']).execute()
    expect(texts, `${where}: a text is on its way: ${words}`).not.toEqual([])
  }
}

async function whyOf({ callId }: PlayCall, { store }: Stage): Promise<string | undefined> {
  return (await store.db.selectFrom('phone_calls').select('why').where('id', '=', callId).executeTakeFirstOrThrow()).why ?? undefined
}

/** Every call of the play as it is written down, and no other. */
export async function judgeCalls({ wanted, stage }: { wanted: Play['in_the_end']['phone_calls']; stage: Stage }): Promise<void> {
  const phone = await stage.desk.phone()
  expect([...new Set(stage.calls.map(({ caller }) => caller))].toSorted(), 'who called').toEqual(Object.keys(wanted).toSorted())
  for (const [caller, { client, why, needs_person: needsPerson, outcome, message, recording, interruptions }] of Object.entries(wanted)) {
    const call = stage.calls.findLast((each) => each.caller === caller)
    const story = await phone.story(call?.callId ?? '')
    const row = await stage.store.db.selectFrom('phone_calls').selectAll().where('id', '=', story.callId).executeTakeFirstOrThrow()
    const seen = { client: story.client?.id, why: story.why, needsPerson: story.needsPerson }
    expect(seen, `the call of ${caller} (${story.outcome}; ${story.message ?? 'no message'})`).toEqual({ client, why, needsPerson })
    expect(story.outcome, `outcome of ${caller}'s call`).toMatch(outcome === undefined ? /^$/ : pattern(outcome))
    expect(story.message ?? '', `message of ${caller}`).toMatch(message === undefined ? /^$/ : pattern(message))
    if (recording !== undefined) expect(row.recording, `recording of ${caller}'s call`).toBe(recording)
    if (interruptions !== undefined) expect(story.quality.interruptions, `how often ${caller} cut in`).toBe(interruptions)
  }
}
