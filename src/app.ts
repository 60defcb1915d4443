import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { openApprovals, type Approvals } from './approvals/open-approvals.ts'
import type { Action } from './approvals/action.ts'
import type { Agent } from './agent/agent.ts'
import { bookingActions } from './bookings/booking-actions.ts'
import { cancelAction } from './bookings/cancel.ts'
import type { BookingRoom } from './bookings/read-booking.ts'
import { readBrief } from './calls/brief.ts'
import type { ScoreAppointments } from './calls/call-list.ts'
import type { Cards } from './channels/cards/card.ts'
import { openCards } from './channels/cards/open-cards.ts'
import { systemScheduler } from './channels/voice/scheduler.ts'
import { openCardIsUp } from './channels/slack/card-is-up.ts'
import { wantCall } from './channels/slack/want-call.ts'
import type { Config } from './config.ts'
import { type Confirmations, openConfirmations } from './confirmations/open-confirmations.ts'
import type { Embedder } from './embedding/embedder.ts'
import { bookNeeds, ensureBook, ensureCopy } from './ensure-book.ts'
import { type DayBook, readDayBook } from './insights/day-book.ts'
import { errorFields, type Logger, openLogger } from './logger.ts'
import type { Messages, TextTransport } from './messages/messages.ts'
import { editTemplates } from './messages/words/edit-templates.ts'
import { textOfDone } from './messages/sending/queue-text.ts'
import { loadTemplates } from './messages/words/templates.ts'
import { answeredBy, textAction } from './messages/sending/text-action.ts'
import { once } from './once.ts'
import { openReaders, type Readers } from './open-readers.ts'
import { type Mirrored, openPlatform } from './open-platform.ts'
import { openTexts } from './open-texts.ts'
import { openOutgoing } from './phone/outgoing/open-outgoing.ts'
import type { Carrier, Outgoing } from './phone/outgoing/outgoing.ts'
import { pretendCarrier } from './phone/outgoing/pretend-carrier.ts'
import type { DayPicture } from './pictures/draw-day.ts'
import type { BookingPlatform } from './platforms/booking-platform.ts'
import { loadBook } from './platforms/embedded/load-book.ts'
import type { Fetch } from './platforms/kit/ask.ts'
import { importClients } from './platforms/mirror/import-clients.ts'
import { noteOfChange } from './platforms/mirror/note-of-change.ts'
import { unwrap } from './platforms/unwrap.ts'
import type { Phone } from './phone/phone.ts'
import type { Policies } from './policies/open-policies.ts'
import type { TextModel } from './prompts/text-model.ts'
import { openRiskModel, type RiskModel } from './risk/open-model.ts'
import { predict, predictRequest, type PredictResponse } from './risk/predict.ts'
import { scoreAppointments } from './risk/score-appointments.ts'
import type { BookData } from './salon/book-data.ts'
import { DeskError } from './salon/errors.ts'
import type { Clock, LocalDate, Zone } from './salon/time.ts'
import type { SpeechToText } from './speech/open-speech-to-text.ts'
import { openStore, type Store } from './store/open-store.ts'
import { waitlistFillAction, waitlistUnfillAction } from './waitlist/fill.ts'
import type { Waitlist } from './waitlist/open-waitlist.ts'
import { waitlistJoinAction } from './waitlist/joining/join-action.ts'
import { waitlistLeaveAction } from './waitlist/joining/leave-action.ts'
import { mirrorEntries } from './waitlist/own-list/mirror-entries.ts'
import { withOwnWaitlist } from './waitlist/own-list/with-own-waitlist.ts'

/** The desk, wired. Heavy parts (models, indexes, the agent) open at first use. */
export type Desk = {
  config: Config
  clock: Clock
  logger: Logger
  store: Store
  platform: BookingPlatform
  /** The salon's own platform behind `platform`, when one is connected. */
  mirrored: Mirrored | undefined
  approvals: Approvals
  risk: () => Promise<RiskModel>
  score: ScoreAppointments
  /** One prediction for the public shape (`POST /v1/risk/predict`, `desk score`). Throws `DeskError('invalid_input')` naming what does not fit. */
  predictRisk: (body: unknown) => Promise<PredictResponse>
  /** Policy answers from the salon's own folder, or from `dir`. */
  policies: (dir?: string) => Promise<Policies>
  embedder: Embedder
  agent: () => Promise<Agent>
  messages: Messages
  /** The salon's side of phone calls. */
  phone: () => Promise<Phone>
  /** Opens what a caller would otherwise wait for: the reader, the policies and their index. */
  readyForCalls: () => Promise<void>
  /** Confirmation texts by risk: what a day would bring. */
  confirmations: Pick<Confirmations, 'preview'>
  /** Chairs that came free, and who is asked to take them. */
  waitlist: Waitlist
  /** Calls to clients at the press of a button. */
  outgoing: Outgoing
  /** What the desk does about texts by itself every minute: what is due is planned, what waits goes out. */
  workTexts: () => Promise<void>
  /** Everything there is to see and press, for every channel. */
  cards: Cards
  dayBook: (day: { locationId: string; date?: LocalDate }) => Promise<DayBook>
  dayPicture: (day: { locationId: string; date: LocalDate }) => Promise<DayPicture>
  /** English speech, written down on this machine. */
  speech: () => Promise<SpeechToText>
  /** A language model for wording, when one is configured. */
  textModel: () => Promise<TextModel | undefined>
  /** The IANA zone of a location, UTC for one that is gone. */
  zoneOf: (locationId: string) => Promise<Zone>
  /** Whether `ensureBook` has anything to do. */
  bookIsReady: () => Promise<boolean>
  /** Loads the demo salon into an empty book, or carries the demo on to today. */
  ensureBook: () => Promise<{ loadedDemo: boolean }>
  /** Replaces the demo or adds to the salon that is there; on a connected platform whose book names no clients, only these. */
  load: (book: BookData, by: string) => ReturnType<typeof loadBook>
  close: () => Promise<void>
}

const packageRoot = resolve(import.meta.dirname, '..')
const shippedModelDir = join(packageRoot, 'models/risk')

/** Wires everything for one process; `transport` takes the place of the configured text service, `readers` of its own, `platformFetch` of the network to a booking platform. Throws `DeskError` when the store cannot be opened. */
export async function openDesk({ config, transport, readers: given, platformFetch }: { config: Config; transport?: TextTransport; readers?: Readers; platformFetch?: Fetch }): Promise<Desk> {
  const { clock, home } = config
  const logger = openLogger({ home, level: config.logLevel })
  const { embedder, policies, ...readers } = given ?? (await openReaders(config))
  const store = await openStore({ home, databaseUrl: config.databaseUrl, key: config.key, fixedClock: config.clockFixed ? clock : undefined })
  const { book, mirrored } = await openPlatform({ store, clock, logger, fetch: platformFetch, report: (event) => logger.warn(event, 'the booking platform') })
  const platform = withOwnWaitlist({ platform: book, store, clock })

  const risk = once(async () => {
    const own = join(home, 'models/risk')
    return openRiskModel({ dir: await stat(own).then(() => own, () => shippedModelDir) })
  })
  const score: ScoreAppointments = async ({ appointments, asOf }) => scoreAppointments({ model: await risk(), platform, appointments, asOf })

  const predictRisk = async (body: unknown): Promise<PredictResponse> => {
    const parsed = predictRequest.safeParse(body)
    if (!parsed.success) {
      const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; ')
      throw new DeskError('invalid_input', { message: `bad prediction request: ${problems}`, userMessage: `This cannot be scored: ${problems}. Send {"appointment_id", "client_id", "features": {…}}.` })
    }
    const [response] = await predict({ model: await risk(), requests: [parsed.data] })
    return response as PredictResponse
  }

  const textModel = once(async (): Promise<TextModel | undefined> => {
    if (config.languageModel === undefined) return undefined
    const { openTextModel } = await import('./agent/text-model.ts')
    return openTextModel(config.languageModel)
  })

  const { messages, rescheduling, waitlist, reader } = await openTexts({ config, transport, store, clock, logger, platform, replyModel: readers.replyModel, policies: () => policies(), textModel, score, approvals: () => approvals })
  const room: BookingRoom = {
    platform,
    clock,
    compose: (wanted) => messages.compose(wanted),
    heldFor: rescheduling.heldFor,
    // A proposal is worth showing without a citation; a broken knowledge folder must not stop a change.
    cite: (question) => policies().then((open) => open.answer(question)).then(({ citations }) => citations.slice(0, 1), (error: unknown) => {
      logger.warn(errorFields(error), 'no policy citation')
      return []
    }),
  }
  const confirmations = openConfirmations({ store, clock, platform, messages, score })
  const actions = [
    ...bookingActions(room), waitlistFillAction(room), waitlistUnfillAction(room, cancelAction(room)), waitlistJoinAction(room) as Action, waitlistLeaveAction(room) as Action,
    textAction({ store, clock, platform, isConnected: () => messages.isConnected(), publicUrl: config.publicUrl }) as Action,
    confirmations.action as Action, waitlist.action as Action,
  ]
  const approvals: Approvals = openApprovals({
    store, clock, actions,
    // What the client is told is wanted in the transaction that knows the change is done; it goes out right after.
    afterDone: async (trx, proposal) => {
      const text = textOfDone(proposal)
      if (text !== undefined) await messages.queue(trx, { key: `proposal:${proposal.id}`, text, proposalId: proposal.id, ...(await answeredBy(trx, proposal)) })
      await rescheduling.afterDone(trx, proposal)
      if (mirrored?.writeBack.notes === true) await noteOfChange(trx, { id: proposal.id, kind: proposal.kind, appointmentId: proposal.result?.data['appointmentId'], changes: proposal.facts.changes }, clock.now())
    },
    afterwards: async () => {
      await workWaitlist()
      // Whoever pressed waits for this: a stack of texts goes on going out after the first few.
      await messages.deliver({ atMost: 3 }).catch((error: unknown) => logger.error(errorFields(error), 'texts wait for the next delivery'))
      await workWaitlist()
    },
  })

  const workWaitlist = () => waitlist.work({ approvals, onError: (error) => logger.error(errorFields(error), 'the waitlist could not go on') })

  const phone = once(async (): Promise<Phone> => (await import('./phone/open-phone.ts')).openPhone({
    store, clock, platform, messages, reader, policies: () => policies(), publicUrl: config.publicUrl,
    canRing: config.voice?.deskPhone !== undefined, recording: config.voice?.recording === true,
    after: (ms, work) => systemScheduler.after(ms, work),
    ...(config.slack === undefined ? {} : { onWantsPerson: (trx, call) => wantCall(trx, { ...call, channel: config.slack?.channel, now: clock.now() }), cardIsUp: openCardIsUp({ store }) }),
    onError: (error) => logger.error(errorFields(error), 'a turn of a phone call went wrong'),
  }))

  const agent = once(async () => {
    const [{ openAgent }, { deskTools }, understanding] = await Promise.all([import('./agent/open-agent.ts'), import('../tools/index.ts'), readers.understanding()])
    const tools = deskTools({ platform, store, clock, approvals, policies: await policies(), score, waitlist })
    return openAgent({ tools, understanding, platform, store, clock, logger, ...(config.languageModel === undefined ? {} : { languageModel: config.languageModel }) })
  })

  const dayBook = (day: { locationId: string; date?: LocalDate }): Promise<DayBook> => readDayBook({ platform, score, clock, ...day })
  const wording = editTemplates({ store, clock, templates: await loadTemplates(), publicUrl: config.publicUrl })
  const outgoing = openOutgoing({ store, clock, platform, carrier: await carrierOf({ config, clock, logger }), own: config.voice?.number, deskPhone: config.voice?.deskPhone })
  const cards = openCards({ store, clock, platform, approvals, messages, wording, waitlist, outgoing, phone, actions, score, dayBook, brief: (day) => readBrief({ store, ...day }) })

  return {
    config, clock, logger, store, platform, mirrored, approvals, risk, score, predictRisk, policies, embedder, agent, textModel, messages, phone,
    readyForCalls: async () => {
      await Promise.all([phone(), reader.read({ text: 'what are your hours', asked: { kind: 'confirm' }, now: clock.now(), zone: 'UTC' }), policies().then((open) => open.forClients('what is your late policy'))])
    },
    cards, dayBook,
    workTexts: async () => {
      await workWaitlist()
      await confirmations.plan({ approvals, onError: (error) => logger.error(errorFields(error), 'confirmation texts could not be planned') })
      await messages.deliver()
      await mirrorEntries({ platform: book, store, clock })
    },
    speech: once(async () => (await import('./speech/open-speech-to-text.ts')).openSpeechToText()),
    confirmations,
    waitlist,
    outgoing,
    dayPicture: async (day) => (await import('./pictures/draw-day.ts')).drawDay({ dayBook: await dayBook(day), now: clock.now() }),
    zoneOf: async (locationId) => unwrap(await platform.catalog()).locations.find(({ id }) => id === locationId)?.zone ?? 'UTC',
    bookIsReady: async () => mirrored !== undefined || (await bookNeeds({ store, clock, clockFixed: config.clockFixed })).kind === 'nothing',
    ensureBook: () => (mirrored === undefined ? ensureBook({ store, platform, clock, clockFixed: config.clockFixed }) : ensureCopy(mirrored)),
    load: async (book, by) => {
      if (mirrored === undefined) return loadBook({ store, book, now: clock.now(), by })
      const changed = await importClients(mirrored.room, { clients: book.clients, by })
      const none = { clients: 0, appointments: 0, waitlist: 0 }
      return { added: { ...none, clients: changed }, changed: none, unchanged: book.clients.length - changed, kept: 0, overbooked: 0, replacedDemo: false }
    },
    close: once(() => store.close()),
  }
}

/** Calls go out by Twilio where it is connected; else they are played on the demo's cards. */
async function carrierOf({ config: { twilio, voice, publicUrl }, clock, logger }: { config: Config; clock: Clock; logger: Logger }): Promise<Carrier> {
  if (twilio === undefined || voice === undefined || publicUrl === undefined) return pretendCarrier
  const { twilioCarrier } = await import('./channels/voice/outgoing-carrier.ts')
  return twilioCarrier({ settings: twilio, from: voice.number, publicUrl, clock, logger })
}
