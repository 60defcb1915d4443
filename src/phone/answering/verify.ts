import { randomInt } from 'node:crypto'
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { firstName, plainName } from '../../salon/plain-names.ts'
import { isPaused } from '../../approvals/rollout.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { addMinutes } from '../../salon/time.ts'
import { handOver } from './hand-over.ts'
import type { Next } from '../phone.ts'
import { readDigits } from '../hearing/read-digits.ts'
import { listen, sayLine, type Turn } from './turn.ts'

const codeLength = 6
/** A code is good for so long, for so many tries, and a number gets so many an hour whoever calls: a caller may be anybody. */
const codeMinutes = 10
const mostTries = 3
const mostCodesAnHour = 3
const mostCodesACall = 2

/**
 * Asks the caller to prove who they are, with a code texted to the number on file (VOX-6, F59): what a call says it is from
 * can be forged. `wish` is what they wanted, taken up after that. Whether a number is on file is never told.
 */
export async function askWhoIsCalling(turn: Turn, { wish }: { wish: string }): Promise<Next> {
  const { memory, call, room } = turn
  memory.wish = wish
  // While the desk is paused, or without texts, no code arrives: nobody waits for one.
  if (await isPaused(room.store.db)) return handOver(turn, { why: 'rules', outcome: `The desk is paused, wanted: “${wish}”` })
  if (!(await room.messages.isConnected())) return handOver(turn, { why: 'not_verified', outcome: `No code can be texted, wanted: “${wish}”` })
  if (call.from_phone === null) {
    memory.stage = 'number'
    sayLine(turn, 'ask-number')
    return listen(turn, 10)
  }
  return sendCode(turn, { phone: room.store.seal.open(call.from_phone), line: 'send-code' })
}

/** The number that was said or keyed in, as one of the salon's country. */
export async function takeNumber(turn: Turn, words: string): Promise<Next> {
  if (readDigits(words).length >= 3) turn.heardAs = '(a telephone number)'
  const { locations } = unwrap(await turn.room.platform.catalog())
  const country = parsePhoneNumberFromString(locations.find(({ phone }) => phone !== undefined)?.phone ?? '')?.country ?? 'US'
  const phone = parsePhoneNumberFromString(readDigits(words), country)
  if (phone?.isValid() !== true) return again(turn, 'number-unclear', 10)
  return sendCode(turn, { phone: phone.number, line: 'send-code-other' })
}

async function sendCode(turn: Turn, { phone, line }: { phone: string; line: string }): Promise<Next> {
  const { room: { store, clock, platform, messages }, call, memory } = turn
  const now = clock.now()
  if (memory.codesSent >= mostCodesACall) return handOver(turn, { why: 'not_verified', line: 'code-failed', outcome: unproven(turn, 'Could not prove who they are') })
  const found = await platform.findClients({ phone, limit: 5 })
  const clients = found.ok ? found.value.filter(({ phones: [first] }) => first === phone) : []
  if (!found.ok) return handOver(turn, { why: 'broke', outcome: 'The booking system did not answer' })
  const code = String(randomInt(10 ** codeLength)).padStart(codeLength, '0')
  memory.code = { hash: hashOf(turn, code), clientIds: clients.map(({ id }) => id), expiresAt: addMinutes(now, codeMinutes), tries: 0 }
  memory.codesSent++
  memory.stage = 'code'
  const [client] = clients
  if (client !== undefined && (await hasRoom(turn, { clientId: client.id, now }))) {
    const locationId = call.location_id ?? unwrap(await platform.catalog()).locations[0]?.id ?? ''
    const text = await messages.compose({ template: 'phone-code', clientId: client.id, locationId, values: { code }, purpose: 'consent' })
    // To a number that said STOP nothing goes, and the caller is not told why.
    if (text.kind === 'text') {
      await store.transaction((trx) => messages.queue(trx, { key: `code:${call.id}:${memory.codesSent}`, text, validUntil: addMinutes(now, codeMinutes), watched: true }))
      memory.last = []
      sayLine(turn, line)
      await messages.deliver({ atMost: 3 }).catch(turn.room.onError)
      return listen(turn, codeLength)
    }
  }
  sayLine(turn, line)
  return listen(turn, codeLength)
}

/** Anybody can call and have codes sent to somebody: never more than a few. */
async function hasRoom({ room: { store } }: Turn, { clientId, now }: { clientId: string; now: string }): Promise<boolean> {
  const { count } = await store.db.selectFrom('texts').select((eb) => eb.fn.countAll<number>().as('count')).where('client_id', '=', clientId).where('template', '=', 'phone-code').where('at', '>', addMinutes(now, -60)).executeTakeFirstOrThrow()
  return count < mostCodesAnHour
}

/** The code as it was said or keyed in: answers what comes next, or `verified` with who it is. */
export async function takeCode(turn: Turn, words: string): Promise<Next | 'verified'> {
  const { memory, room: { clock } } = turn
  const { code } = memory
  const digits = readDigits(words, codeLength)
  if (digits.length >= 3) turn.heardAs = '(a code)'
  if (code === undefined || digits.length !== codeLength) return again(turn, 'code-unclear', codeLength)
  code.tries++
  const right = hashOf(turn, digits) === code.hash && code.expiresAt > clock.now() && code.clientIds.length > 0
  if (!right) {
    if (code.tries < mostTries && code.expiresAt > clock.now()) {
      sayLine(turn, 'code-wrong')
      return listen(turn, codeLength)
    }
    delete memory.code
    return handOver(turn, { why: 'not_verified', line: 'code-failed', outcome: unproven(turn, 'Could not prove who they are') })
  }
  const [clientId, ...others] = code.clientIds
  delete memory.code
  // The number is several people's: whose visit is meant, a person asks (F23).
  if (clientId === undefined || others.length > 0) return handOver(turn, { why: 'rules', outcome: unproven(turn, 'Several clients have this number') })
  memory.clientId = clientId
  memory.stage = 'open'
  memory.confusions = 0
  const client = await turn.room.platform.client({ id: clientId })
  const name = client.ok ? firstName(plainName(client.value.firstName)) : ''
  sayLine(turn, 'verified', { client: name === '' ? '' : `, ${name}` })
  return 'verified'
}

function again(turn: Turn, line: string, keys: number): Next {
  const { memory } = turn
  memory.confusions++
  if (memory.confusions >= 3) return handOver(turn, { why: 'not_verified', outcome: unproven(turn, 'Could not prove who they are') })
  sayLine(turn, line)
  return listen(turn, keys)
}

/** A code counts for its own call only. */
function hashOf({ room: { store }, call }: Turn, code: string): string {
  return store.seal.lookup(`phone code ${call.id} ${code}`)
}

/** What staff read of a caller who has not proven who they are: with what they wanted, in their words. */
export function unproven({ memory: { wish } }: Pick<Turn, 'memory'>, what: string): string {
  return wish === undefined ? what : `${what}, wanted: “${wish}”`
}
