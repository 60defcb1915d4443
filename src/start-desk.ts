import { isPaused } from './approvals/rollout.ts'
import type { Desk } from './app.ts'
import { recordScores } from './calls/record-scores.ts'
import { buildCallList } from './calls/build-call-list.ts'
import { keepCallEffect } from './calls/call-effect.ts'
import type { CallList } from './calls/call-list.ts'
import { makeBriefs } from './calls/make-briefs.ts'
import { type Changes, openChanges } from './changes.ts'
import { forgetPresses } from './channels/cards/press-once.ts'
import { wantAlerts } from './channels/slack/want-alerts.ts'
import { wantBrief } from './channels/slack/want-brief.ts'
import type { Voice } from './channels/voice/open-voice.ts'
import type { OutgoingDoor } from './channels/voice/outgoing-webhooks.ts'
import type { Slack } from './channels/slack/open-slack.ts'
import type { Sms } from './channels/sms/open-sms.ts'
import { type Counters, openCounters, pressResult } from './channels/web/counters.ts'
import { makeSignInLink } from './channels/web/sign-in.ts'
import { listen, webApp } from './channels/web/web-server.ts'
import { platformReceiver } from './hear-platform.ts'
import { errorFields } from './logger.ts'
import { textsAfterOptOut } from './messages/consent/texts-after-opt-out.ts'
import { openUnsubscribes } from './messages/consent/unsubscribe.ts'
import { unwrap } from './platforms/unwrap.ts'
import { ageInSeconds, asFields } from './salon/freshness.ts'
import { forgetOld } from './store/forget-old.ts'
import { openJobs } from './store/jobs.ts'
import { announceChange } from './store/watch-changes.ts'

/** A desk that is up: its address, and how to end it. */
export type RunningDesk = {
  url: string
  /** Begins the work that repeats (what was left over, morning lists, texts) and connects Slack; the book must be there. */
  work(): Promise<void>
  /** A link that signs the owner in on the page, once. */
  ownerLink(): Promise<string>
  close(): Promise<void>
}

/** Takes the port and serves: health, the page, Slack's requests. Throws `DeskError('config')` when the port is taken. */
export async function startDesk({ desk }: { desk: Desk }): Promise<RunningDesk> {
  const { config, store, clock, logger, cards, messages, platform, approvals, mirrored } = desk
  const counters = openCounters(mirrored === undefined ? {} : { bookAge: async () => ageInSeconds(await platform.freshness(), clock.now()) })
  const changes = openChanges({ store })
  const slack = await openSlackWhenSet({ desk, counters })
  const sms = await openSmsWhenSet(desk)
  const voice = await openVoiceWhenSet({ desk, counters })
  const outgoing = await openOutgoingWhenSet(desk)
  const app = webApp({
    status: async () => ({ salon: unwrap(await platform.catalog()).business.name, paused: await isPaused(store.db), openProposals: (await approvals.list()).length, book: { platform: platform.provider, ...asFields(await platform.freshness()) } }),
    predictRisk: desk.predictRisk,
    apiToken: config.apiToken,
    onError: (error) => logger.error(errorFields(error), 'http request failed'),
    counters,
    slack,
    sms,
    voice,
    outgoing,
    platform: platformReceiver(desk),
    // Also without a mail server: the links in emails that are out must go on working.
    email: openUnsubscribes({ store, clock, platform }),
    policies: () => desk.policies(),
    page: {
      store, clock, platform, approvals, cards, messages,
      agent: desk.agent,
      phone: desk.phone,
      dayBook: desk.dayBook,
      dayPicture: async (day) => (await desk.dayPicture(day)).png,
      onChange: (listener) => changes.onChange(listener),
      ...(slack === undefined ? {} : { roleNow: (personId) => slack.roleNow(personId) }),
      isPaused: () => isPaused(store.db),
      transcribe: (recording) => hear(desk, recording),
      host: config.host,
      publicUrl: config.publicUrl,
    },
  })
  const web = await listen({ app, host: config.host, port: config.port, upgrades: voice }).catch(async (error: unknown) => {
    await changes.close()
    throw error
  })
  // Calls that go on are handed over while there is still somebody to ask what happens next.
  const closing: (() => Promise<unknown>)[] = [async () => voice?.stop(), () => web.close(), () => changes.close()]
  return {
    url: web.url,
    async work() {
      closing.unshift(followChanges({ desk, changes, slack }))
      const jobs = await openJobs({ url: store.url, onError: (error) => logger.error(errorFields(error), 'job failed') })
      closing.unshift(() => jobs.stop())
      await scheduleJobs({ desk, jobs, slack, sms, voice })
      // Nobody who calls first waits for the reader to open and the policies to be indexed.
      if (voice !== undefined) void desk.readyForCalls().catch((error: unknown) => logger.error(errorFields(error), 'the phone will be slow to answer its first question'))
      if (mirrored !== undefined) closing.unshift(() => mirrored.worker.stop())
      if (sms !== undefined) {
        closing.unshift(() => sms.stop())
        sms.start()
      }
      if (slack === undefined) return
      closing.unshift(() => slack.stop())
      await slack.start()
    },
    // At 0.0.0.0 it listens on every address of this machine; a browser needs one of them.
    ownerLink: () => makeSignInLink({ store, clock, person: { id: 'page:owner', name: 'Owner', role: 'owner' }, baseUrl: config.publicUrl ?? web.url.replace(/0\.0\.0\.0|\[::\]/, 'localhost') }),
    async close() {
      for (const close of closing.splice(0)) await close()
    },
  }
}

/** The words in a recording; of the sound nothing is kept. */
async function hear({ speech }: Desk, recording: Uint8Array): Promise<{ text: string }> {
  const { readSound } = await import('./speech/read-sound.ts')
  return (await speech()).transcribe(await readSound(recording))
}

async function openSlackWhenSet({ desk, counters }: { desk: Desk; counters: Counters }): Promise<Slack | undefined> {
  const { config, store, clock, logger, cards, approvals, platform, dayPicture } = desk
  if (config.slack === undefined) return undefined
  const { openSlack } = await import('./channels/slack/open-slack.ts')
  const { publicUrl } = config
  return openSlack({
    settings: config.slack, store, clock, logger, approvals, platform,
    cards: { ...cards, press: (press) => counted(cards.press(press), (answer) => counters.press(answer === undefined ? 'failed' : pressResult(answer))) },
    agent: async () => {
      const agent = await desk.agent()
      return { turn: (request) => counted(agent.turn(request), (turn) => counters.turn(turn?.brain ?? 'failed')) }
    },
    dayPicture: async (day) => (await dayPicture(day)).png,
    hear: (recording) => hear(desk, recording),
    streams: config.languageModel !== undefined,
    ...(publicUrl === undefined ? {} : { signInLink: (person) => makeSignInLink({ store, clock, person, baseUrl: publicUrl }) }),
  })
}

async function openSmsWhenSet({ config: { twilio, publicUrl }, store, clock, logger, messages }: Desk): Promise<Sms | undefined> {
  if (twilio === undefined || publicUrl === undefined) return undefined
  const { openSms } = await import('./channels/sms/open-sms.ts')
  return openSms({ settings: twilio, publicUrl, store, clock, logger, messages })
}

async function openVoiceWhenSet({ desk: { config: { twilio, voice, publicUrl }, store, clock, logger, phone, platform }, counters }: { desk: Desk; counters: Counters }): Promise<Voice | undefined> {
  if (twilio === undefined || voice === undefined || publicUrl === undefined) return undefined
  const { openVoice } = await import('./channels/voice/open-voice.ts')
  return openVoice({
    twilio, settings: voice, publicUrl, store, clock, logger, phone: await phone(),
    names: async () => {
      const { services, staff } = unwrap(await platform.catalog())
      return [...staff, ...services].filter(({ active }) => active).map(({ name }) => name)
    },
    onRefusedSocket: () => counters.signatureRefused(),
  })
}

async function openOutgoingWhenSet({ config: { twilio, voice, publicUrl }, logger, outgoing }: Desk): Promise<OutgoingDoor | undefined> {
  if (twilio === undefined || voice === undefined || publicUrl === undefined) return undefined
  const { outgoingDoor } = await import('./channels/voice/outgoing-webhooks.ts')
  return outgoingDoor({ authTokens: twilio.authTokens, publicUrl, from: voice.number, outgoing, logger })
}

/** The same promise, with its end counted; `count` gets undefined when it failed. */
function counted<T>(promise: Promise<T>, count: (value: T | undefined) => void): Promise<T> {
  promise.then(count, () => count(undefined))
  return promise
}

/** Whatever changed, in whichever process, is drawn again in Slack, and texts that wait go out. Answers how to stop. */
function followChanges({ desk, changes, slack }: { desk: Desk; changes: Changes; slack: Slack | undefined }): () => Promise<void> {
  const { messages, logger } = desk
  let last = Promise.resolve()
  const off = changes.onChange((subjects) => {
    last = Promise.all([
      subjects.includes('thread') || subjects.includes('*') ? messages.deliver() : 0,
      slack?.changed(subjects),
      slack !== undefined && (subjects.includes('platform') || subjects.includes('*')) ? wantAlerts({ ...desk, channel: desk.config.slack?.channel }) : 0,
    ]).then(() => {}, (error: unknown) => logger.error(errorFields(error), 'a change was not followed everywhere'))
  })
  return async () => {
    off()
    await last
  }
}

async function scheduleJobs({ desk, jobs, slack, sms, voice }: { desk: Desk; jobs: Awaited<ReturnType<typeof openJobs>>; slack: Slack | undefined; sms: Sms | undefined; voice: Voice | undefined }): Promise<void> {
  const { store, clock, platform, score, logger, approvals } = desk
  const { locations } = unwrap(await platform.catalog())
  await jobs.schedule({ name: 'catch-up', cron: '* * * * *', zone: 'UTC', work: async () => {
    await approvals.catchUp()
    await desk.workTexts()
    await makeBriefs({
      platform, score, store, clock,
      model: await desk.textModel(),
      record: (list) => recordList(desk, list),
      ...(slack === undefined ? {} : { andThen: (trx, day) => wantBrief(trx, { day, channel: desk.config.slack?.channel, now: clock.now() }) }),
      onError: (error) => logger.error(errorFields(error), 'a brief could not be made'),
    })
  } })
  await jobs.schedule({ name: 'look-after-calls', cron: '* * * * *', zone: 'UTC', work: async () => { await desk.outgoing.catchUp() } })
  const { mirrored } = desk
  // A first reading goes on for most of the minute; polling is due every two.
  if (mirrored !== undefined) await jobs.schedule({ name: 'keep-up', cron: '* * * * *', zone: 'UTC', work: async () => {
    await mirrored.worker.drain()
    await mirrored.keepUp()
  } })
  // Getting old is no event by itself: what is shown says it once somebody draws it again.
  let shown: string | undefined
  if (mirrored !== undefined) await jobs.schedule({ name: 'watch-age', cron: '* * * * *', zone: 'UTC', work: async () => {
    const { state } = await platform.freshness()
    if (shown !== undefined && shown !== state) await announceChange(store.db, { action: 'platform.aged', subject: `platform:${platform.provider}` })
    shown = state
    if (slack !== undefined) await wantAlerts({ store, clock, platform, channel: desk.config.slack?.channel })
  } })
  // What clients wrote while the webhook did not work is fetched (TWI-3).
  if (sms !== undefined) await jobs.schedule({ name: 'fetch-texts', cron: '*/5 * * * *', zone: 'UTC', work: async () => { await sms.reconcile() } })
  // So are calls that never got here.
  if (voice !== undefined) await jobs.schedule({ name: 'fetch-calls', cron: '*/5 * * * *', zone: 'UTC', work: async () => { await voice.reconcile() } })
  await jobs.schedule({ name: 'prove-consent', cron: '41 3 * * *', zone: 'UTC', work: async () => {
    const broken = await textsAfterOptOut(store.db)
    if (broken.length > 0) logger.error({ texts: broken.map(({ textId }) => textId) }, 'texts went out after an opt-out')
    else logger.info({}, 'no text went out after an opt-out')
  } })
  await jobs.schedule({ name: 'forget', cron: '17 3 * * *', zone: 'UTC', work: async () => {
    const rows = (await forgetPresses({ store, clock })) + (await forgetOld({ store, clock }))
    logger.info({ rows }, 'forgot what is no longer needed')
  } })
  for (const zone of new Set(locations.map((location) => location.zone))) {
    await jobs.schedule({ name: 'morning-scores', cron: '0 6 * * *', zone, work: async () => {
      await desk.ensureBook()
      await morningList(desk)
    } })
  }
}

/** Makes the list of today, keeps the scores it was made from, and measures anew what calling does. */
export async function morningList(desk: Desk): Promise<CallList> {
  const { platform, score, store, clock } = desk
  const list = await buildCallList({ platform, score, store, clock, model: await desk.textModel() })
  await recordList(desk, list)
  await keepCallEffect({ platform, store, clock })
  return list
}

async function recordList({ platform, store, clock, risk }: Desk, list: CallList): Promise<void> {
  await recordScores({ store, clock, platform, list, model: (await risk()).id, by: 'desk' })
}
