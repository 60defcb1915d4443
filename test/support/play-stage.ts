import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDesk, type Desk } from '../../src/app.ts'
import { openReaders, type Readers } from '../../src/open-readers.ts'
import type { LanguageModelSettings } from '../../src/agent/chat-model.ts'
import type { Person } from '../../src/approvals/roles.ts'
import { generateSalon } from '../../src/demo/generate-salon.ts'
import type { BookingPlatform } from '../../src/platforms/booking-platform.ts'
import { openEmbeddedBook } from '../../src/platforms/embedded/index.ts'
import { loadBook } from '../../src/platforms/embedded/load-book.ts'
import { failed } from '../../src/platforms/booking-platform.ts'
import { answeredByTwilio } from '../../src/channels/sms/keywords.ts'
import type { BookData } from '../../src/salon/book-data.ts'
import type { OutgoingText, TextTransport } from '../../src/messages/messages.ts'
import { addMinutes, at, type Instant, localDate } from '../../src/salon/time.ts'
import type { Store } from '../../src/store/open-store.ts'
import { type FakeLanguageModel, fakeLanguageModel } from './fake-language-model.ts'
import type { PlayCall } from './play-calls.ts'
import type { ModelAnswer, Play } from './play-format.ts'
import { testEmbedder, testModelDir } from './test-embedder.ts'
import { createTestDatabase, openTestStore } from './test-store.ts'
import { type TestClock, testClock, tinyBook, tinyZone } from './tiny-book.ts'

/** Everything a play is acted with: the desk as `src/app.ts` wires it, on a database of its own. */
export type Stage = {
  desk: Desk
  clock: TestClock
  people: ReadonlyMap<string, Person>
  /** The database beside the desk, to look into and for what happens at the salon without it. */
  store: Store
  platform: BookingPlatform
  /** Phone numbers that must never be read out, as digits. */
  numbers: string[]
  /** Every text that was sent, when the play has phones. */
  phones: Phones
  /** Every call so far, in order. */
  calls: PlayCall[]
  /** Whether the desk gets answers from the booking system; the play itself always does. */
  platformIs(state: 'away' | 'back'): void
  /** What the desk does by itself every minute. */
  work(): Promise<void>
  model: FakeLanguageModel | undefined
  /** Closes the desk and opens another on the same database. */
  restart(): Promise<void>
  close(): Promise<void>
}

/** Loads a salon once a day it is played on; plays copy its database. */
export type Salons = (salon: Play['salon'], now: Instant) => Promise<{ template: string; book: BookData }>

/** The folder and the salons that all plays of a run share; `close` removes both. */
export async function openTheatre(): Promise<{ home: string; readers: Readers; salons: Salons; close(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'desk-plays-'))
  // What the desk computes once and keeps, tests keep for all runs.
  await mkdir(testModelDir, { recursive: true })
  for (const kept of ['models', 'understanding', 'policies']) await symlink(testModelDir, join(home, kept), 'junction')
  const readers = await openReaders({ home, embedder: testEmbedder })
  // Opened once for all plays of a run, and before the first, which is not to wait for them.
  await Promise.all([readers.understanding(), readers.replyModel(), readers.policies()])
  const loaded = new Map<string, Promise<{ template: string; book: BookData; drop: () => Promise<void> }>>()
  return {
    home,
    readers,
    salons(salon, now) {
      const name = `${salon} ${localDate(now, tinyZone)}`
      const ready = loaded.get(name) ?? load(salon, now)
      loaded.set(name, ready)
      return ready
    },
    async close() {
      for (const salon of loaded.values()) await (await salon).drop()
      await rm(home, { recursive: true })
    },
  }
}

function openPlayDesk({ home, readers, clock, url, languageModel, phones, play }: { home: string; readers: Readers; clock: TestClock; url: string; play: Play; languageModel?: LanguageModelSettings | undefined; phones?: TextTransport | undefined }): Promise<Desk> {
  return openDesk({
    ...(phones === undefined ? {} : { transport: phones }),
    readers,
    config: { home, clock, clockFixed: true, databaseUrl: url, key: '07'.repeat(32), knowledge: undefined, port: 0, host: '127.0.0.1', logLevel: 'silent', apiToken: undefined, publicUrl: play.public_url === undefined ? undefined : 'https://desk.example', slack: undefined, twilio: undefined, voice: { number: '+12135550100', mode: 'relay', deskPhone: play.desk_phone === undefined ? undefined : '+12135550199', recording: play.recording === true }, email: undefined, languageModel },
  })
}

async function load(salon: Play['salon'], now: Instant): Promise<{ template: string; book: BookData; drop: () => Promise<void> }> {
  const book = salon === 'tiny' ? tinyBook() : generateSalon({ today: localDate(now, tinyZone) })
  const { url, name, drop } = await createTestDatabase()
  const store = openTestStore(url)
  await loadBook({ store, book, now })
  await store.close()
  return { template: name, book, drop }
}

/** Sets one play's stage. */
export async function setStage({ play, home, readers, salons }: { play: Play; home: string; readers: Readers; salons: Salons }): Promise<Stage> {
  const clock = testClock(wallClock(play.clock))
  const { template, book } = await salons(play.salon, clock.now())
  const { url, drop } = await createTestDatabase({ template })
  const store = openTestStore(url, drop)
  const extended = withExtras(book, play)
  if (extended !== book) await loadBook({ store, book: extended, now: clock.now() })
  const model = play.language_model === undefined ? undefined : await playModel(play.language_model)
  const phones = playPhones({ answersKeywords: play.phones === 'twilio' })
  const open = () => openPlayDesk({ home, readers, clock, url, play, languageModel: model?.settings, phones: play.phones === undefined ? undefined : phones })
  let comeBack = () => {}
  const stage: Stage = {
    desk: await open(),
    clock,
    people: new Map(Object.entries(play.people).map(([name, { role }]) => [name, { id: `play:${name}`, name, role }])),
    store,
    platform: openEmbeddedBook({ store, clock }),
    phones,
    calls: [],
    platformIs(state) {
      comeBack()
      comeBack = state === 'away' ? takeAway(stage.desk.platform) : () => {}
    },
    async work() {
      await stage.desk.workTexts()
    },
    numbers: extended.clients.flatMap(({ phones }) => phones.map((phone) => phone.replace(/\D/g, ''))),
    model,
    async restart() {
      await stage.desk.close()
      stage.desk = await open()
    },
    async close() {
      await stage.desk.close()
      await store.close()
      await model?.stop()
    },
  }
  return stage
}

/** From now on every operation of the platform answers 503 and does nothing; answers what brings it back. */
function takeAway(platform: BookingPlatform): () => void {
  const whole = { ...platform }
  for (const [name, does] of Object.entries(whole)) if (typeof does === 'function' && name !== 'capabilities') Object.assign(platform, { [name]: async () => failed('unavailable', 'injected: 503') })
  return () => Object.assign(platform, whole)
}

/** `2026-11-21 07:30` on the wall of the salon (both salons are in one zone). */
export function wallClock(text: string): Instant {
  const [date = '', time = ''] = text.split(' ')
  return at(date, time, tinyZone)
}

function withExtras(book: BookData, { salon_also_has: { hours, clients, appointments, waitlist }, clock }: Play): BookData {
  if (clients.length + appointments.length + waitlist.length === 0 && hours === undefined) return book
  const [anyone] = book.clients
  const [anyVisit] = book.appointments
  if (anyone === undefined || anyVisit === undefined) throw new Error('an empty salon')
  const { email: _email, ...stranger } = anyone
  const now = wallClock(clock)
  const bookedAt = addMinutes(now, -10 * 24 * 60)
  return {
    ...(hours === undefined ? book : opensLonger(book, hours)),
    clients: [...book.clients, ...clients.map(({ id, first, last, phone, note, shares_the_number_of: shares, language }, index) => ({
      ...stranger, id, firstName: first, lastName: last, phones: shares === undefined ? [phone ?? `+1213555017${index}`] : book.clients.find((client) => client.id === shares)?.phones ?? [], ...(language === undefined ? {} : { language }), holdings: [], createdAt: bookedAt,
      notes: note === undefined ? [] : [{ id: `note-${id}`, at: bookedAt, by: 'client', text: note }],
    }))],
    waitlist: [...book.waitlist, ...waitlist.map(({ id, client, service, staff, from, to, instead_of: insteadOf }, index): BookData['waitlist'][number] => ({
      id, locationId: book.catalog.locations[0]?.id ?? '', clientId: client, serviceId: service, wanted: from === undefined || to === undefined ? [] : [{ from: wallClock(from), to: wallClock(to) }],
      createdAt: addMinutes(now, -60 + index), status: 'waiting', ...(staff === undefined ? {} : { staffId: staff }), ...(insteadOf === undefined ? {} : { insteadOf }),
    }))],
    appointments: [...book.appointments, ...appointments.map(({ id, client, at: start, staff, service }) => {
      const offered = book.catalog.services.find((each) => each.id === service)
      if (offered === undefined) throw new Error(`no service ${service}`)
      const from = wallClock(start)
      return {
        appointment: {
          ...anyVisit.appointment, id, clientId: client, start: from, end: addMinutes(from, offered.durationMin), bookedAt, status: 'booked' as const,
          segments: [{ serviceId: service, staffId: staff, staffPreference: 'unknown' as const, start: from, durationMin: offered.durationMin, price: offered.price }],
        },
        events: [{ kind: 'booked' as const, at: bookedAt, knownAt: bookedAt, by: 'client' as const }],
      }
    })],
  }
}

function opensLonger(book: BookData, { from, to }: { from: string; to: string }): BookData {
  return {
    ...book,
    catalog: { ...book.catalog, locations: book.catalog.locations.map((location) => ({ ...location, hours: location.hours.map(({ weekday }) => ({ weekday, open: from, close: to })) })) },
    shifts: book.shifts.map((shift) => ({ ...shift, start: from, end: to })),
  }
}

/** A language model that gives the play's answers one after another, and the last one ever after. */
function playModel(answers: ModelAnswer[]): Promise<FakeLanguageModel> {
  let next = 0
  return fakeLanguageModel(() => {
    const answer = answers[Math.min(next++, answers.length - 1)] as ModelAnswer
    if ('says' in answer) return { content: answer.says }
    return 'fails' in answer ? { status: answer.fails } : { calls: answer.calls }
  })
}

/** What clients' phones got; `hear` tells the phone company of a text of theirs, before the desk gets it. */
type Phones = TextTransport & { sent: OutgoingText[]; hear(from: string, body: string): void }

/** A phone company that delivers everything; one that answers keywords delivers nothing more after a STOP, until a START. */
function playPhones({ answersKeywords }: { answersKeywords: boolean }): Phones {
  const sent: OutgoingText[] = []
  const blocked = new Set<string>()
  return {
    name: 'the phones of the play', sent,
    async send(text) {
      if (blocked.has(text.to)) return { state: 'failed', code: '21610', failure: 'opted_out' }
      sent.push(text)
      return { state: 'sent', id: `SM${String(sent.length).padStart(32, '0')}` }
    },
    hear(from, body) {
      const answer = answersKeywords ? answeredByTwilio({ body }) : undefined
      if (answer === 'stop') blocked.add(from)
      if (answer === 'start') blocked.delete(from)
    },
    ...(answersKeywords ? { answersItself: answeredByTwilio } : {}),
  }
}
