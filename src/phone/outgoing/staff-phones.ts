import { type CountryCode, getCountryCallingCode, parsePhoneNumberFromString } from 'libphonenumber-js'
import type { Person } from '../../approvals/roles.ts'
import type { BookingPlatform } from '../../platforms/booking-platform.ts'
import { unwrap } from '../../platforms/unwrap.ts'
import { DeskError } from '../../salon/errors.ts'
import type { Clock } from '../../salon/time.ts'
import { appendAudit } from '../../store/audit.ts'
import type { Store } from '../../store/open-store.ts'

/** The phone that rings for a person, E.164. */
export async function readStaffPhone(store: Store, personId: string): Promise<string | undefined> {
  const row = await store.db.selectFrom('staff_phones').select('phone').where('person_id', '=', personId).executeTakeFirst()
  return row === undefined ? undefined : store.seal.open(row.phone)
}

/**
 * Keeps which phone rings for a person, sealed. A number without a country is of the salon's, and none of another country is
 * taken: a call there costs what nobody expects. `own` is the number calls come from. Throws `DeskError('invalid_input')`.
 */
export async function keepStaffPhone({ store, clock, platform, own, person, phone }: { store: Store; clock: Clock; platform: BookingPlatform; own: string | undefined; person: Person; phone: string }): Promise<void> {
  const country = await salonCountry({ platform, own })
  const read = parsePhoneNumberFromString(phone, country)
  if (read?.isValid() !== true) throw refused('Write a phone number like +1 213 555 0100.')
  if (read.countryCallingCode !== getCountryCallingCode(country)) throw refused('Only a phone in the salon\'s own country can be rung.')
  if (read.number === own) throw refused('That is the number the desk calls from. Write the one of a phone near you.')
  await store.transaction(async (trx) => {
    const kept = { phone: store.seal.seal(read.number), at: clock.now() }
    await trx.insertInto('staff_phones').values({ person_id: person.id, ...kept }).onConflict((conflict) => conflict.column('person_id').doUpdateSet(kept)).execute()
    await appendAudit(trx, { at: clock.now(), actor: person.id, action: 'call.phone_set', subject: `person:${person.id}` })
  })
}

/** The country of the salon's own number, else of the number it calls from. */
async function salonCountry({ platform, own }: { platform: BookingPlatform; own: string | undefined }): Promise<CountryCode> {
  const { locations } = unwrap(await platform.catalog())
  const numbers = [...locations.map(({ phone }) => phone), own].filter((number) => number !== undefined)
  return numbers.map((number) => parsePhoneNumberFromString(number)?.country).find((country) => country !== undefined) ?? 'US'
}

function refused(userMessage: string): DeskError {
  return new DeskError('invalid_input', { message: 'a phone that cannot be rung', userMessage })
}
