import type { Role } from '../../approvals/roles.ts'
import type { SlackSettings } from '../../config.ts'
import { errorFields } from '../../logger.ts'
import { DeskError } from '../../salon/errors.ts'
import type { LocalDate } from '../../salon/time.ts'
import { openInboxWorker, type Received } from '../../store/inbox.ts'
import { openAsk } from './ask.ts'
import { askedNote, askNote, giveUpNote } from './ask-note.ts'
import { openBoltApp } from './bolt-app.ts'
import { openSlackCalls } from './calls.ts'
import { changedSubjects } from './changed-subjects.ts'
import { openConnection } from './connection.ts'
import { isDirect, threadOf } from './conversation-id.ts'
import { openDownload } from './download-file.ts'
import { openHomes } from './home.ts'
import { inboxSources, openIntake, type Taken } from './intake.ts'
import { line } from './line.ts'
import { slackListeners } from './listeners.ts'
import { postAnswer } from './post-answer.ts'
import { openPoster } from './poster.ts'
import { receiveSlackRequest, type SlackRequest, type SlackResponse } from './receive-http.ts'
import { openSocket } from './receive-socket.ts'
import { openRoles } from './roles.ts'
import { idOf } from './slack-body.ts'
import type { SlackRoom } from './slack-room.ts'
import { openStops } from './stops.ts'

/** The desk in Slack. */
export type Slack = {
  /** Answers one request to the request URL; 404 where no signing secret is set. */
  receive(request: SlackRequest): Promise<SlackResponse>
  /** Connects, works what came in and delivers what is wanted, until `stop`. */
  start(): Promise<void>
  stop(): Promise<void>
  /** Works what came in until nothing is due; answers how many requests were settled. */
  work(): Promise<number>
  /** Posts and draws what is wanted; nothing while the app is uninstalled. */
  deliver(): Promise<number>
  /** Draws everything again that shows these subjects; a kind alone (`brief`) means all of it, `*` everything. */
  changed(subjects: string[]): Promise<void>
  /** The role somebody from Slack has at this moment (`slack:U…`); undefined when none. Throws `DeskError('unavailable')` when Slack does not say. */
  roleNow(personId: string): Promise<Role | undefined>
  /** Whether the Socket Mode connection is up; undefined where there is none. */
  socketIsUp(): boolean | undefined
  /** Requests that were not from Slack, since the start. */
  refused(): number
}

/** How often the inbox and the posts are looked at for what is due by the clock. */
const everyMs = 1_000

export function openSlack({ settings, store, clock, logger, cards, agent, approvals, platform, dayPicture, streams, signInLink, hear }: Pick<SlackRoom, 'store' | 'clock' | 'logger' | 'cards' | 'agent' | 'approvals' | 'platform' | 'streams' | 'signInLink' | 'hear'> & {
  settings: SlackSettings
  /** PNG bytes of a location's day. */
  dayPicture: (where: { locationId: string; date: LocalDate }) => Promise<Uint8Array>
}): Slack {
  const { botToken: token, apiUrl } = settings
  const calls = openSlackCalls({ token, apiUrl, store, clock, logger })
  const ask = openAsk(calls)
  const connection = openConnection({ calls, ask, store, clock, logger })
  const poster = openPoster({ calls, store, clock, logger, cards, picture: dayPicture })
  const roles = openRoles({ ask, clock, logger, teamId: () => connection.bot().then(({ teamId }) => teamId, () => undefined), lists: { owner: settings.roles.owners, manager: settings.roles.managers, front_desk: settings.roles.frontDesk } })
  const homes = openHomes({ ask, cards, roles, clock, logger })
  const room: SlackRoom = {
    store, clock, logger, cards, agent, approvals, platform, ask, roles, homes, poster, stops: openStops(), apiUrl, streams, signInLink, hear,
    download: openDownload({ token, apiUrl }),
  }
  const bolt = openBoltApp({ token, apiUrl, bot: () => connection.bot(), logger, listeners: slackListeners(room, connection) })

  let refused = 0
  let timer: NodeJS.Timeout | undefined
  const pumping = new Set<Promise<void>>()
  let drawn: Promise<void> = Promise.resolve()
  let changing: { subjects: Set<string>; work: Promise<void> } | undefined

  const deliver = async (): Promise<number> => ((await connection.isOn()) ? poster.deliver() : 0)
  // A lane that is under way is left alone, so that one which waits for Slack holds up no other.
  const pump = (): void => {
    if (timer === undefined) return
    const round: Promise<void> = deliver().then(() => {}, (error: unknown) => logger.error(errorFields(error), 'delivery to Slack failed')).finally(() => pumping.delete(round))
    pumping.add(round)
  }
  const workers = Object.values(inboxSources).map((source) => openInboxWorker({
    store, clock, source,
    async handle({ externalId, payload }: Received) {
      const asked = askedNote(payload)
      if (asked !== undefined) {
        await askNote(room, { key: externalId, id: asked })
        return pump()
      }
      const { at, body } = payload as Taken
      const leaving = 'event' in body && (body.event.type === 'app_uninstalled' || body.event.type === 'tokens_revoked')
      // Somebody talks to us through an app that was gone: it may be installed again.
      if (!leaving && !(await connection.isOn())) await connection.resume()
      await bolt.process({ body, key: externalId, at })
      pump()
      // A press may have asked what somebody spoke.
      if (source === inboxSources.quick && timer !== undefined) kick()
    },
    onError: (error, { externalId, attempts }) => logger[room.stops.isLeaving() ? 'info' : 'error']({ ...errorFields(error), request: externalId, attempts }, 'a request of Slack could not be worked'),
    onGivenUp: (row) => apologise(room, row),
  }))
  const kick = (): void => {
    for (const worker of workers) worker.kick()
  }
  const intake = openIntake({ store, clock, logger, onStored: () => { if (timer !== undefined) kick() } })
  const socket = settings.appToken === undefined ? undefined : openSocket({ appToken: settings.appToken, apiUrl, intake, logger })

  return {
    async receive(request) {
      if (settings.signingSecret === undefined) return { status: 404 }
      return receiveSlackRequest({ request, signingSecret: settings.signingSecret, clock, intake, onRefused: () => {
        refused++
        // Somebody who knocks all night must not fill the disk.
        if (refused === 1 || refused % 100 === 0) logger.warn({ refused }, 'requests that were not from Slack')
      } })
    },
    async start() {
      timer = setInterval(() => {
        kick()
        pump()
      }, everyMs)
      if (!(await connection.resume())) logger.warn({}, 'Slack does not let the desk in yet')
      await socket?.start()
      kick()
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      await socket?.stop()
      room.stops.leave()
      await Promise.all(workers.map((worker) => worker.stop()))
      await Promise.all(pumping)
    },
    work: async () => (await Promise.all(workers.map((worker) => worker.drain()))).reduce((sum, count) => sum + count, 0),
    deliver,
    changed(subjects) {
      // What is new goes out before anything is drawn again: somebody on the phone waits for the card of their call.
      pump()
      // Changes come in swarms: what has not been begun takes the next ones along.
      if (changing !== undefined) {
        for (const subject of subjects) changing.subjects.add(subject)
        return changing.work
      }
      const batch = { subjects: new Set(subjects), work: Promise.resolve() }
      batch.work = drawn.then(async () => {
        changing = undefined
        const changed = [...batch.subjects]
        await poster.refresh(await changedSubjects(store.db, { subjects: changed, now: clock.now() }))
        if (changed.includes('home') || changed.includes('*')) await homes.drawAll()
        pump()
      })
      drawn = batch.work.catch(() => {})
      changing = batch
      return batch.work
    },
    async roleNow(personId) {
      const known = await roles.whoIs(personId.replace(/^slack:/, ''), { fresh: true })
      // Slack not answering is no answer: nobody is signed out for it, and nothing is approved on a guess.
      if (known.kind === 'unsure') throw new DeskError('unavailable', { message: 'Slack does not say the role', userMessage: known.why })
      return known.kind === 'person' ? known.person.role : undefined
    },
    socketIsUp: () => socket?.isUp(),
    refused: () => refused,
  }
}

/** After the last try of a message nobody waits in silence. */
async function apologise(room: SlackRoom, { externalId, payload }: Received): Promise<void> {
  const words = 'I could not work on that, and I have stopped trying. Please ask again; the log has the reason.'
  const asked = askedNote(payload)
  if (asked !== undefined) return giveUpNote(room, { key: externalId, id: asked, words })
  const { body } = payload as Taken
  if (!('event' in body) || (body.event.type !== 'message' && body.event.type !== 'app_mention')) return
  const { event } = body
  const channel = idOf(event.channel)
  if (channel === undefined || (!isDirect(event) && event.type === 'message')) return
  await postAnswer({ room, key: externalId, channel, threadTs: threadOf(event), view: line(words) })
}
