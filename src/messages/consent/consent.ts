import { type Selectable, sql } from 'kysely'
import type { Instant } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Db, Store, Trx } from '../../store/open-store.ts'
import type { Tables } from '../../store/tables.ts'
import type { Purpose } from '../../store/tables/texts.ts'

type Row = Pick<Selectable<Tables['consents']>, 'phone_hash' | 'purpose' | 'state' | 'source'>

/** What a number has said about texts of one purpose; `source` is where that comes from. `unknown` is silence, which is no refusal. */
export type Consent = { state: 'in' | 'out' | 'unknown'; source?: Row['source'] }

/** What one number has said about texts of `purpose`, now. */
export async function readConsent(db: Db | Trx, { phoneHash, purpose }: { phoneHash: string; purpose: Purpose }): Promise<Consent['state']> {
  return ((await readConsents(db, { phoneHashes: [phoneHash], purpose })).get(phoneHash) ?? unknown).state
}

/** The same for many numbers in one query, by their hashes; a number that never said anything is not in it. */
export async function readConsents(db: Db | Trx, { phoneHashes, purpose }: { phoneHashes: string[]; purpose: Purpose }): Promise<Map<string, Consent>> {
  if (phoneHashes.length === 0) return new Map()
  const rows = await db.selectFrom('consents').select(['phone_hash', 'purpose', 'state', 'source'])
    .where('phone_hash', '=', sql<string>`any(${phoneHashes})`).where('purpose', 'in', ['all', ...(purpose === 'consent' ? [] : [purpose])]).orderBy('id').execute()
  return new Map(Array.from(Map.groupBy(rows, (row) => row.phone_hash), ([phoneHash, said]) => [phoneHash, standing(said, purpose)]))
}

/**
 * Adds what a number said to the ledger, with who took it down and from what (TWI-4). Append-only: repeating it adds a row
 * and changes nothing. Answers whether it changed what holds. Writers of one number go one after the other.
 */
export async function writeConsent(trx: Trx, { seal, phoneHash, purpose, state, source, words, by, at, subject }: { seal: Store['seal']; phoneHash: string; purpose: Row['purpose']; state: Row['state']; source: Row['source']; words: string; by: string; at: Instant; subject: string }): Promise<{ changed: boolean }> {
  await lockNumber(trx, phoneHash)
  const asked = purpose === 'all' ? 'appointment' : purpose
  const before = await readConsent(trx, { phoneHash, purpose: asked })
  await trx.insertInto('consents').values({ phone_hash: phoneHash, purpose, state, source, words: seal.seal(words), by, at }).execute()
  const after = await readConsent(trx, { phoneHash, purpose: asked })
  await appendAudit(trx, { at, actor: by, action: `consent.${state}`, subject, detail: { purpose, source, changed: before !== after } })
  return { changed: before !== after }
}

/** Everything that counts or changes what one number may get goes through here one after the other, until the transaction ends. */
export async function lockNumber(trx: Trx, phoneHash: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`number ${phoneHash}`}, 0))`.execute(trx)
}

const unknown: Consent = { state: 'unknown' }

/**
 * What holds after `rows`, everything a number said about a purpose or all, in order. The latest word counts. A STOP ends every earlier yes; a START takes back the STOP, but not an earlier "no offers". That
 * it is the wrong person's number only staff can take back, because the yes of a stranger is not the client's. And nobody
 * agreed to advertising by asking for texts in general: that needs a yes of its own (47 CFR 64.1200(a)(2)).
 */
export function standing(rows: Omit<Row, 'phone_hash'>[], purpose: Purpose): Consent {
  let all: Omit<Row, 'phone_hash'> | undefined
  let own: Omit<Row, 'phone_hash'> | undefined
  for (const row of rows) {
    const isHeld = all?.state === 'out' && all.source === 'wrong_person'
    if (isHeld && row.state === 'in' && row.source !== 'staff') continue
    if (row.purpose !== 'all') {
      if (row.purpose === purpose) own = row
    } else {
      all = row
      if (row.state === 'out' && own?.state === 'in') own = undefined
    }
  }
  if (own !== undefined) return { state: own.state, source: own.source }
  if (all === undefined || (all.state === 'in' && purpose === 'marketing')) return unknown
  return { state: all.state, source: all.source }
}
