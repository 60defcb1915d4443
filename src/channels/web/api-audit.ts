import { performance } from 'node:perf_hooks'
import { Hono } from 'hono'
import { type AuditVerdict, verifyAudit } from '../../store/audit.ts'
import type { Store } from '../../store/open-store.ts'
import { namesOf } from '../../store/people.ts'
import { type AuditPage, AuditQuery } from './page-api.ts'
import type { PageDesk } from './page-desk.ts'
import { readQuery } from './read-input.ts'
import { sayAudit, sayWho } from './say-audit.ts'
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
    const [names, proposals, checked] = await Promise.all([namesOf(desk.store.db, found.map(({ actor }) => actor)), desk.approvals.list({ recent: titled }), verdict()])
    const titles = new Map(proposals.map(({ id, facts }) => [id, facts.title]))
    const last = found.at(-1)
    return c.json({
      rows: found.map((row) => ({ seq: row.seq, at: row.at, who: sayWho({ actor: row.actor, name: names.get(row.actor) }), words: sayAudit({ row, titleOf: (id) => titles.get(id) }), subject: row.subject })),
      verified: { ok: checked.ok, words: sayVerdict(checked) },
      ...(last === undefined || last.seq === 1 ? {} : { before: last.seq }),
    } satisfies AuditPage)
  })
  return app
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
