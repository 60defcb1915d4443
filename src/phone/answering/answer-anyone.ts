import { namesDay, readQuestion } from '../../client-answers/read-question.ts'
import { sayFact } from '../../client-answers/say-fact.ts'
import { threadOf } from '../../messages/sending/queue-text.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import type { ReplyReading } from '../../replies/reading.ts'
import { plainTitle } from '../../salon/plain-names.ts'
import { appendAudit } from '../../store/audit.ts'
import { listen, sayLine, type Turn } from './turn.ts'
import type { Next } from '../phone.ts'
import { wrapUp } from './wrap-up.ts'

const forAnyone: ReadonlySet<string> = new Set(['place', 'phone', 'hours'])
/** More shops than this are not read out one after another. */
const mostShops = 3
const mostLinks = 2

/** Whether a question is about the caller's own visit, so that nobody else may hear the answer. */
export function isPersonal(question: string): boolean {
  const fact = readQuestion(question)
  return fact !== undefined && !forAnyone.has(fact)
}

/** What anybody may hear: hours, address and number of the shops. Answers whether something was said. */
export async function answerFact(turn: Turn, { question, reading }: { question: string; reading: ReplyReading }): Promise<boolean> {
  const fact = readQuestion(question)
  if (fact === undefined || !forAnyone.has(fact)) return false
  const { room: { platform, clock }, call } = turn
  const now = clock.now()
  const catalog = unwrap(await platform.catalog())
  const dates = (reading.when?.dates ?? []).filter(({ from, to }) => from === to)
  const [date] = dates.length === 1 ? dates : []
  if (fact === 'hours' && date === undefined && namesDay(question)) return false
  const own = catalog.locations.find(({ id }) => id === call.location_id)
  const shops = own === undefined ? catalog.locations : [own]
  if (shops.length > mostShops) return false
  const said = shops.map((location) => ({ location, words: sayFact(fact, { own: { catalog, visit: undefined, location }, now, date: date?.from }) }))
  if (said.some(({ words }) => words === undefined)) return false
  for (const { location, words } of said) {
    if (words === undefined) continue
    const answer = { words }
    if (said.length === 1) sayLine(turn, 'answer-own', { answer })
    else sayLine(turn, 'at-shop', { shop: plainTitle(location.name), answer })
  }
  turn.did = 'answered'
  return true
}

/** What the salon wrote for clients, in one or two sentences, and the offer to text where it stands. */
export async function answerPolicy(turn: Turn, { question }: { question: string }): Promise<Next | undefined> {
  const { room: { policies, publicUrl }, memory, call } = turn
  const section = await (await policies()).forClients(question)
  if (section === undefined) return undefined
  const { en, es = en, fr = en } = section.clients
  sayLine(turn, 'answer-policy', { answer: { words: { en, es, fr } } })
  turn.did = 'answered'
  if (publicUrl !== undefined && call.from_phone !== null && memory.linksSent < mostLinks) {
    memory.stage = 'link'
    memory.link = section.id.replace('#', '/')
    sayLine(turn, 'link-offer')
    return listen(turn)
  }
  return wrapUp(turn)
}

/** The link they said yes to, to the number they call from; nothing private is behind it. */
export async function textLink(turn: Turn): Promise<void> {
  const { room: { store, clock, messages, platform, publicUrl, onError }, call, memory } = turn
  const { link } = memory
  delete memory.link
  memory.stage = 'more'
  if (link === undefined || publicUrl === undefined || call.from_phone === null || call.phone_hash === null) return
  memory.linksSent++
  const clientId = memory.clientId ?? call.likely_client_id ?? `number:${call.phone_hash.slice(0, 24)}`
  const now = clock.now()
  const { from_phone: phone, phone_hash: phoneHash } = call
  if (clientId.startsWith('number:')) {
    await store.db.insertInto('threads').values({ client_id: clientId, phone, phone_hash: phoneHash, taken_by: null, taken_at: null }).onConflict((conflict) => conflict.column('client_id').doNothing()).execute()
  }
  const locationId = call.location_id ?? unwrap(await platform.catalog()).locations[0]?.id ?? ''
  const text = await messages.compose({ template: 'policy-link', clientId, locationId, values: { link: `${publicUrl}/policies/${link}` }, purpose: 'consent' })
  if (text.kind !== 'text') return void sayLine(turn, 'all-right')
  await store.transaction(async (trx) => {
    await messages.queue(trx, { key: `link:${call.id}:${memory.linksSent}`, text, watched: true })
    await appendAudit(trx, { at: now, actor: `call:${call.id}`, action: 'phone.link_wanted', subject: threadOf(clientId), detail: { section: link } })
  })
  sayLine(turn, 'link-sent')
  await messages.deliver({ atMost: 3 }).catch(onError)
}
