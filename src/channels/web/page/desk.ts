import type { LocalDate } from '../../../salon/time.ts'
import type { View } from '../../cards/card.ts'
import type { Me, SwitchPerson } from '../page-api.ts'
import { get, post, Refused, wordsFor } from './api.ts'
import { listenLive } from './live.ts'
import { change, current, type Read, type State } from './state.ts'
import { localDate } from './times.ts'

type ReadPart = 'me' | 'day' | 'brief' | 'home' | 'proposals' | 'audit' | 'texts' | 'phoneCalls' | 'waitlist' | 'thread' | 'phones' | 'phone'

const dayCheckMs = 30_000

const asked = new Map<ReadPart, number>()

/** Reads a part afresh; of two that overlap the later one counts, and what is there stays when it cannot be read. */
async function read(part: ReadPart, path: string): Promise<void> {
  const number = (asked.get(part) ?? 0) + 1
  asked.set(part, number)
  const fresh: Read<unknown> = await get<unknown>(path).then((value) => ({ value }), (error: unknown) => {
    if (error instanceof Refused && error.status === 401) change({ signedOut: true })
    return { ...current()[part], problem: wordsFor(error) }
  })
  if (asked.get(part) === number) change({ [part]: fresh })
}

const query = (path: string, values: Record<string, string>): string => `${path}?${new URLSearchParams(values).toString()}`

async function readDay(): Promise<void> {
  const { locationId, date } = current()
  if (locationId !== '') await read('day', query('/api/day', { location: locationId, date }))
}

const readBrief = (): Promise<void> => read('brief', query('/api/brief', { location: current().locationId }))
const readHome = (): Promise<void> => read('home', '/api/home')
const readProposals = (): Promise<void> => read('proposals', '/api/proposals')
const readAudit = (): Promise<void> => read('audit', '/api/audit')

const readWaitlist = (): Promise<void> => read('waitlist', query('/api/view', { subject: `waitlist:${current().locationId}` }))

const readPhoneCalls = (): Promise<void> => read('phoneCalls', query('/api/view', { subject: 'phone' }))

const readTexts = (): Promise<void> => read('texts', '/api/texts')

async function readThread(): Promise<void> {
  const { threadId } = current()
  if (threadId !== '') await read('thread', query('/api/view', { subject: `texts:${threadId}` }))
}

/** Opens one client's texts, or (with '') the list again. In the demo their phone is the one in the hand then. */
export async function showThread(clientId: string): Promise<void> {
  change({ threadId: clientId, thread: {} })
  if (clientId === '') return readTexts()
  await Promise.all([readThread(), ...(current().me.value?.demo === true && current().clientId !== clientId ? [showPhone(clientId)] : [])])
}

async function readPhone(): Promise<void> {
  const { clientId } = current()
  if (clientId !== '') await read('phone', query('/api/phone', { client: clientId }))
}

/** The number of the newest text that was seen. */
let newestText = -1

async function readPhones(): Promise<void> {
  await read('phones', '/api/phones')
  const { phones, clientId } = current()
  const [first] = phones.value?.phones ?? []
  const isNew = first !== undefined && first.last.id > newestText
  if (isNew) newestText = first.last.id
  // The phone that rings is the one in the hand, unless somebody is writing on another.
  const isWriting = (document.querySelector<HTMLInputElement>('#reply')?.value ?? '') !== ''
  if (isNew && first.client.id !== clientId && !isWriting) await showPhone(first.client.id)
  else await readPhone()
}

export async function showPhone(clientId: string): Promise<void> {
  change({ clientId, phone: {} })
  await readPhone()
}

/** Draws a card of the chat again as it is now. One that is gone stays as it was. */
async function readView(subject: string): Promise<void> {
  const view = await get<View>(query('/api/view', { subject })).catch(() => undefined)
  if (view !== undefined) change({ views: { ...current().views, [subject]: view } })
}

/** What the chat proposed. */
function subjectsInChat(): string[] {
  return [...new Set(current().lines.flatMap((line) => (line.from === 'desk' ? line.subjects : [])))]
}

/** Reads again whatever shows one of these: `proposal:P-7K3QXM`, a kind alone (`day`) for all of it, or `*` for everything. */
export async function refresh(subjects: string[]): Promise<void> {
  const { locationId, date, tab } = current()
  const all = subjects.includes('*')
  /** Whether a kind was named, alone or by one of its things that `shows`. */
  const has = (kind: string, shows: (name: string) => boolean = () => true): boolean => all || subjects.some((subject) => subject === kind || (subject.startsWith(`${kind}:`) && shows(subject.slice(kind.length + 1))))
  const changes = has('proposal')
  await Promise.all([
    ...(has('day', (name) => name === `${locationId}:${date}`) ? [readDay()] : []),
    ...(has('brief', (name) => name.startsWith(`${locationId}:`)) ? [readBrief()] : []),
    ...(changes ? [readProposals()] : []),
    ...(changes || has('home') || has('brief') || has('setting') ? [readHome()] : []),
    ...(has('setting') ? [readMe()] : []),
    ...(has('waitlist') ? [readWaitlist()] : []),
    ...(has('phone') ? [readPhoneCalls()] : []),
    ...(tab === 'log' ? [readAudit()] : []),
    ...subjectsInChat().filter((subject) => all || subjects.includes('proposal') || subjects.includes(subject)).map(readView),
    ...(has('thread') ? [readPhones(), readTexts()] : []),
    ...(has('thread') || changes ? [readThread()] : []),
    readDialog(),
  ])
}

/** A list in the dialog is as it is now, too. */
async function readDialog(): Promise<void> {
  const shown = current().dialog
  if (shown?.kind !== 'view') return
  const { subject } = shown.view
  const view = await get<View>(subject === 'home' ? '/api/home' : query('/api/view', { subject })).catch(() => undefined)
  if (view !== undefined && current().dialog === shown) change({ dialog: { ...shown, view } })
}

let waiting: string[] = []

/** What changes together is read once. */
function refreshSoon(subjects: string[]): void {
  if (waiting.length === 0) setTimeout(() => { void refresh(waiting.splice(0)) }, 40)
  waiting.push(...subjects)
}

/** What the desk's clock said, in ms since 1970, and when this page heard it, in ms since it was opened. */
let heard = { desk: 0, page: 0 }

/** The desk's clock, ms since 1970. */
export function deskNow(): number {
  return heard.desk + performance.now() - heard.page
}

async function readMe(): Promise<void> {
  await read('me', '/api/me')
  hearClock()
  const { me, locationId } = current()
  const [first] = me.value?.locations ?? []
  if (locationId === '' && first !== undefined) change({ locationId: first.id, date: first.today })
}

/** Reads everything the page shows, in the order in which people look at it, and follows the desk from then on. `onKnown`: once it is known who looks. */
export async function open({ onKnown }: { onKnown: () => void }): Promise<void> {
  await readMe()
  if (current().me.value === undefined) {
    if (!current().signedOut) setTimeout(() => { void open({ onKnown }) }, 2_000)
    return
  }
  onKnown()
  listenLive({
    path: '/api/events',
    onOpen: (wasLost) => { if (wasLost) refreshSoon(['*']) },
    onSubjects: refreshSoon,
    onState: (live) => {
      change({ live, ...(live === 'live' && { signedOut: false }) })
      if (live === 'reconnecting') void readMe() // says so when the session is what ended
    },
  })
  setInterval(() => { void followDay() }, dayCheckMs)
  await Promise.all([readDay(), readBrief(), readProposals(), readPhones(), readTexts(), readPhoneCalls(), readWaitlist(), readHome()])
}

function hearClock(): void {
  const { me } = current()
  if (me.value !== undefined && me.problem === undefined) heard = { desk: Date.parse(me.value.now), page: performance.now() }
}

/** A page that stays open overnight shows the new day in the morning. */
async function followDay(): Promise<void> {
  const { me, locationId, date } = current()
  const here = me.value?.locations.find(({ id }) => id === locationId)
  if (here === undefined || localDate(deskNow(), here.zone) === here.today) return
  await readMe()
  const today = current().me.value?.locations.find(({ id }) => id === locationId)?.today
  if (today !== undefined && today !== here.today) await Promise.all([...(date === here.today ? [showDay({ date: today })] : []), readBrief(), readHome()])
}

export async function showDay(place: { locationId?: string; date?: LocalDate }): Promise<void> {
  const before = current()
  change({ ...place, day: {}, ...(place.locationId !== undefined && { brief: {}, waitlist: {} }) })
  await Promise.all([readDay(), ...(current().locationId === before.locationId ? [] : [readBrief(), readWaitlist()])])
}

export function showTab(tab: State['tab']): void {
  change({ tab })
  if (tab === 'log') void readAudit()
}

/** Older rows of the log, below those that are shown. */
export async function readMoreAudit(): Promise<void> {
  const shown = current().audit.value
  if (shown?.before === undefined) return
  const older = await get<NonNullable<typeof shown>>(query('/api/audit', { before: String(shown.before) })).catch(() => undefined)
  if (older !== undefined) change({ audit: { value: { ...older, rows: [...shown.rows, ...older.rows] } } })
}

/** Demo only: somebody else sits down. What they see and may press is read afresh; the conversation is a new one. */
export async function becomePerson(person: SwitchPerson): Promise<void> {
  const me = await post<Me>('/api/me', person)
  change({ me: { value: me }, lines: [], views: {}, unsent: undefined, dialog: undefined })
  say({ text: `You are now ${me.person.name}.`, good: true })
  await refresh(['*'])
}

let sentences = 0

/** A sentence for whoever pressed something; also read out. */
export function say({ text, good }: { text: string; good: boolean }): void {
  change({ said: { text, good, number: ++sentences } })
}

/** A name of our own for one request. */
export function newRequestId(): string {
  return crypto.randomUUID()
}
