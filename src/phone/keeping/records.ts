import { unwrap } from '../../platforms/unwrap.ts'
import { clientName } from '../../salon/salon.ts'
import { DeskError } from '../../salon/errors.ts'
import type { CallReason } from '../../store/tables/phone.ts'
import type { CallLine, CallStory } from '../phone.ts'
import type { CallRow, PhoneRoom } from '../phone-room.ts'

type Room = Pick<PhoneRoom, 'store' | 'platform'>

/** Calls as lines, newest first; `waiting`: only those a person has to see to. */
export async function readLines({ store, platform }: Room, { limit, waiting }: { limit: number; waiting: boolean }): Promise<CallLine[]> {
  let query = store.db.selectFrom('phone_calls').selectAll().orderBy('started_at', 'desc').orderBy('id').limit(limit)
  if (waiting) query = query.where('needs_person', '=', true)
  const calls = await query.execute()
  return toLines({ store, platform }, calls)
}

/** One call with all that was said. Throws `DeskError('not_found')`. */
export async function readStory({ store, platform }: Room, callId: string): Promise<CallStory> {
  const call = await store.db.selectFrom('phone_calls').selectAll().where('id', '=', callId).executeTakeFirst()
  if (call === undefined) throw new DeskError('not_found', { message: 'no such call', userMessage: 'There is no such call (any more).' })
  const [line] = await toLines({ store, platform }, [call])
  const turns = await store.db.selectFrom('phone_turns').selectAll().where('call_id', '=', callId).orderBy('id').execute()
  const { seal } = store
  const toTurn = ({ at, heard, said, cut_to: cutTo, first_word_ms: firstWordMs }: (typeof turns)[number]): CallStory['turns'][number] => ({
    at, heard: seal.open(heard), said: said === null ? '' : seal.open(said),
    ...(cutTo === null ? {} : { cutTo: seal.open(cutTo) }), ...(firstWordMs === null ? {} : { firstWordMs: Math.round(firstWordMs) }),
  })
  return {
    ...(line as CallLine),
    ...(call.from_phone === null ? {} : { from: seal.open(call.from_phone) }),
    ...(call.message === null ? {} : { message: seal.open(call.message) }),
    turns: turns.map(toTurn),
  }
}

async function toLines({ store, platform }: Room, calls: CallRow[]): Promise<CallLine[]> {
  if (calls.length === 0) return []
  const ids = calls.map(({ id }) => id)
  const turns = await store.db.selectFrom('phone_turns').select(['call_id', 'first_word_ms']).where('call_id', 'in', ids).execute()
  const byCall = Map.groupBy(turns, ({ call_id: id }) => id)
  const people = [...new Set(calls.flatMap(({ client_id: id, likely_client_id: likely }) => [id, likely]).filter((id) => id !== null))]
  const found = people.length === 0 ? [] : await platform.clients({ ids: people }).then(unwrap, () => [])
  const names = new Map(found.map((client) => [client.id, clientName(client)]))
  const person = (id: string | null) => (id === null ? undefined : { id, name: names.get(id) ?? 'Somebody' })
  return calls.map((call) => {
    const times = (byCall.get(call.id) ?? []).map(({ first_word_ms: ms }) => ms).filter((ms) => ms !== null).toSorted((a, b) => a - b)
    const [client, likely] = [person(call.client_id), person(call.likely_client_id)]
    return {
      callId: call.id, direction: call.direction, via: call.via, startedAt: call.started_at, ...(call.ended_at === null ? {} : { endedAt: call.ended_at }),
      ...(client === undefined ? {} : { client }), ...(likely === undefined || client !== undefined ? {} : { likely }),
      needsPerson: call.needs_person, outcome: call.outcome === null ? '' : store.seal.open(call.outcome), ...(call.why === null ? {} : { why: call.why as CallReason }),
      quality: {
        turns: byCall.get(call.id)?.length ?? 0, interruptions: call.interruptions, handOvers: call.hand_overs,
        ...(times.length === 0 ? {} : { firstWordMs: { p50: Math.round(times[Math.floor((times.length - 1) / 2)] as number), most: Math.round(times.at(-1) as number) } }),
      },
    }
  })
}
