import type { Desk } from '../../../app.ts'
import type { Capabilities, PlatformErrorKind } from '../../../platforms/booking-platform.ts'
import { sayFreshness } from '../../../salon/freshness.ts'
import { type Instant, sayWhen } from '../../../salon/time.ts'
import { appendAudit } from '../../../store/audit.ts'
import type { Store } from '../../../store/open-store.ts'
import { operations, standingOf } from '../platform-table.ts'
import type { Terminal } from '../terminal.ts'
import { wrap } from '../wrap.ts'

type Finding = { what: string; state: 'ok' | 'note' | 'problem'; says: string }

/** For `desk doctor`: whether the salon's own platform answers, how old its copy is, what of our changes hangs in the air, and what nobody could try. */
export async function platformFindings({ mirrored, platform, store, clock }: Pick<Desk, 'mirrored' | 'platform' | 'store' | 'clock'>): Promise<Finding[]> {
  if (mirrored === undefined) return [{ what: 'booking system', state: 'ok', says: 'the desk\'s own book; "desk connect" puts the desk on the salon\'s booking platform' }]
  const { kind } = mirrored
  const catalog = await platform.catalog()
  const zone = (catalog.ok ? catalog.value.locations[0]?.zone : undefined) ?? 'UTC'
  // Asked first: what it answers may be news to the desk.
  const checked = await platform.check()
  const [freshness, connection, heard] = await Promise.all([platform.freshness(), store.db.selectFrom('platform_connection').select(['account', 'probed_at']).executeTakeFirst(), mirrored.lastHeard()])
  const moment = (at: Instant): string => sayWhen(at, zone, clock.now())
  const age = sayFreshness({ freshness, name: kind.name, zone, now: clock.now() }) ?? `Its copy here is of ${'asOf' in freshness && freshness.asOf !== undefined ? moment(freshness.asOf) : 'now'}.`
  const isBad = !checked.ok || freshness.state === 'refused' || ('trouble' in freshness && freshness.trouble !== undefined)
  const main: Finding = {
    what: 'booking system',
    state: isBad ? 'problem' : freshness.state === 'live' ? 'ok' : 'note',
    says: [
      `${kind.name}, ${connection?.account ?? 'no account'}: ${checked.ok ? 'it answers' : sayNo(checked.error.kind)}.`,
      age,
      heard === undefined ? (kind.declared.webhookProof === undefined ? 'It sends no webhooks.' : 'No webhook was heard yet.') : `Last webhook heard: ${moment(heard)}.`,
    ].join(' '),
  }
  return [main, await changesFinding({ store, capabilities: await platform.capabilities(), probedAt: connection?.probed_at, moment }), ...kind.unproven.map((says): Finding => ({ what: 'unproven', state: 'note', says }))]
}

function sayNo(kind: PlatformErrorKind): string {
  const known: Partial<Record<PlatformErrorKind, string>> = { auth: 'it refuses the key', forbidden: 'the key does not allow enough', unavailable: 'it does not answer', unknown_outcome: 'it does not answer', rate_limited: 'it asks us to wait' }
  return known[kind] ?? `what it answers cannot be used (${kind.replaceAll('_', ' ')})`
}

/** What may be changed there, and which of our changes nobody knows the end of. */
async function changesFinding({ store, capabilities, probedAt, moment }: { store: Store; capabilities: Capabilities; probedAt: Instant | undefined; moment: (at: Instant) => string }): Promise<Finding> {
  const count = store.db.fn.countAll<string>().as('count')
  const [unknown, left] = await Promise.all([
    store.db.selectFrom('platform_writes').select([count, (where) => where.fn.min('at').as('since')]).where('state', '=', 'unknown').executeTakeFirstOrThrow(),
    store.db.selectFrom('platform_write_back').select(['kind', 'state', count]).where('state', 'in', ['wanted', 'failed']).groupBy(['kind', 'state']).orderBy('kind').execute(),
  ])
  const standing = standingOf(capabilities)
  const stands = (how: string): string[] => operations.filter((operation) => standing[operation] === how && !['read the book', 'free times', 'webhooks', 'waitlist'].includes(operation))
  const say = (words: string, what: string[]): string[] => (what.length === 0 ? [] : [`${words}: ${what.join(', ')}.`])
  const of = (state: string): string[] => left.filter((row) => row.state === state).map(({ kind, count: many }) => `${many} ${Number(many) === 1 ? writeBacks[kind][0] : writeBacks[kind][1]}`)
  const isUnknown = Number(unknown.count) > 0
  const isGivenUp = of('failed').length > 0
  return {
    what: 'changes there',
    state: isUnknown ? 'problem' : isGivenUp || stands('unproven').length > 0 ? 'note' : 'ok',
    says: [
      ...say('The desk does', stands('live')),
      ...say('A person does, led step by step', stands('assisted')),
      ...say('Off until it is tried ("desk doctor --probe-writes")', stands('unproven')),
      ...(probedAt === undefined ? [] : [`Last looked up ${moment(probedAt)}.`]),
      ...(isUnknown ? [`${Number(unknown.count) === 1 ? 'Of 1 change' : `Of ${unknown.count} changes`} nobody knows whether it went through, since ${moment(unknown.since)}: the desk looks before it tries again.`] : []),
      ...say('Waiting to be written there', of('wanted')),
      ...say('Given up, because it was refused or its visit is gone', of('failed')),
    ].join(' '),
  }
}

const writeBacks = { risk: ['risk score', 'risk scores'], note: ['note', 'notes'], cancel: ['double booking to be taken back', 'double bookings to be taken back'] } as const

/** `desk doctor --probe-writes`: says what it is about to do, does it, and says what came of it. Exit code 1 when it did not come to an end. */
export async function probeWrites({ terminal, desk: { mirrored, platform, store, clock }, by }: { terminal: Terminal; desk: Pick<Desk, 'mirrored' | 'platform' | 'store' | 'clock'>; by: string }): Promise<number> {
  const say = (text: string): void => { for (const line of wrap(text, terminal.columns, '')) terminal.out(line) }
  if (mirrored?.adapter.probe === undefined) {
    say(mirrored === undefined ? 'No booking platform is connected: there is nothing to try.' : `With ${mirrored.kind.name} there is nothing that only a try could show.`)
    return 0
  }
  const { name } = mirrored.kind
  say(`This tries whether the desk may change ${name}'s book: for the test client that the salon gave, one visit some weeks ahead is booked, moved, and taken away again. ${name} may tell that client about it. It can take a minute.`)
  if (terminal.interactive && !/^y(es)?$/i.test((await terminal.question('Go on? (yes/no) ')).trim())) {
    say('Nothing was tried.')
    return 0
  }
  const before = await platform.capabilities()
  const found = await mirrored.probe()
  await store.transaction((trx) => appendAudit(trx, { at: clock.now(), actor: by, action: 'platform.probed', subject: `platform:${platform.provider}`, detail: found.ok ? { found: found.value } : { failed: found.error.kind } }))
  if (!found.ok) {
    const { kind, message, manualSteps = [] } = found.error
    say(kind === 'assisted_required' ? `What was made for the try could not be taken away. Please do it in ${name}:` : `It did not come to an end: ${message} (${kind.replaceAll('_', ' ')}).`)
    for (const [n, step] of manualSteps.entries()) say(`${n + 1}. ${step}`)
    return 1
  }
  const [was, is] = [standingOf(before), standingOf({ ...before, ...found.value })]
  const words = operations.filter((operation) => was[operation] === 'unproven').map((operation) => `${operation}: ${is[operation] === 'live' ? 'works' : is[operation] === 'unproven' ? 'still not known' : 'does not work'}`)
  say(words.length === 0 ? 'Everything was known already.' : `What came of it: ${words.join('; ')}.`)
  return 0
}
