import { performance } from 'node:perf_hooks'
import { Hono } from 'hono'
import { clientName } from '../../salon/salon.ts'
import { type AuditVerdict, verifyAudit } from '../../store/audit.ts'
import type { Store } from '../../store/open-store.ts'
import { namesOf } from '../../store/people.ts'
import { type AuditPage, AuditQuery } from './page-api.ts'
import type { PageDesk } from './page-desk.ts'
import { readQuery } from './read-input.ts'
import { type AuditNames, clientOf, sayAudit, sayWho } from './say-audit.ts'
import { knownOnly, type PageEnv } from './visitor.ts'

/** Walking the whole log takes some 10 ms per thousand rows: once in a while is enough, however many pages are open. */
const verdictMs = 10_000

/** Proposals whose titles are looked up for the log. */
const titled = 200

/** What was done, by whom, newest first, and whether the log is whole. */
export function auditRoutes(desk: PageDesk): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  const verdict = keptVerdict(desk.store)

  app.get('/api/audit', knownOnly(desk), async (c) => {
    const { limit, before } = readQuery(c, AuditQuery)
    const all = desk.store.db.selectFrom('audit').selectAll()
    const found = await (before === undefined ? all : all.where('seq', '<', before)).orderBy('seq', 'desc').limit(limit).execute()
    const [names, checked] = await Promise.all([namesFor({ desk, rows: found, locations: c.get('catalog').locations }), verdict()])
    const last = found.at(-1)
    return c.json({
      rows: found.map((row) => ({ seq: row.seq, at: row.at, who: sayWho({ actor: row.actor, names }), words: sayAudit({ row, names }), subject: row.subject.startsWith('proposal:') ? row.subject : '' })),
      verified: { ok: checked.ok, words: sayVerdict(checked) },
      ...(last === undefined || last.seq === 1 ? {} : { before: last.seq }),
    } satisfies AuditPage)
  })
  return app
}

type Found = { actor: string; subject: string; detail: unknown }

/** The names in these rows; clients are nameless while the booking system is away. */
async function namesFor({ desk: { store, approvals, platform }, rows, locations }: { desk: PageDesk; rows: Found[]; locations: { id: string; name: string }[] }): Promise<AuditNames> {
  const clientIds = [...new Set(rows.flatMap(({ actor, subject, detail }) => [clientOf({ subject, detail: detail as Record<string, unknown> }), actor.startsWith('client:') ? actor.slice('client:'.length) : undefined]).filter((id) => id !== undefined))]
  const [people, proposals, clients] = await Promise.all([namesOf(store.db, rows.map(({ actor }) => actor)), approvals.list({ recent: titled }), clientIds.length === 0 ? undefined : platform.clients({ ids: clientIds })])
  const titles = new Map(proposals.map(({ id, facts }) => [id, facts.title]))
  const called = new Map((clients?.ok === true ? clients.value : []).map((client) => [client.id, clientName(client)]))
  return { person: (id) => people.get(id), proposal: (id) => titles.get(id), client: (id) => called.get(id), location: (id) => locations.find((one) => one.id === id)?.name }
}

function keptVerdict(store: Store): () => Promise<AuditVerdict> {
  let kept: { at: number; verdict: Promise<AuditVerdict> } | undefined
  return () => {
    const at = performance.now()
    if (kept === undefined || at - kept.at > verdictMs) kept = { at, verdict: verifyAudit(store.db) }
    kept.verdict.catch(() => { kept = undefined })
    return kept.verdict
  }
}

function sayVerdict(verdict: AuditVerdict): string {
  return verdict.ok
    ? `The log is whole: ${verdict.rows} ${verdict.rows === 1 ? 'row' : 'rows'} checked, each following from the one before.`
    : `The log was tampered with. First broken row: ${verdict.seq} (${verdict.problem}).`
}
