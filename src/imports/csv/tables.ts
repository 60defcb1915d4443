import type { CountryCode } from 'libphonenumber-js'
import { z } from 'zod'
import type { WaitlistEntry } from '../../salon/salon.ts'
import type { ImportProgress, RowProblem } from '../import-reading.ts'
import { readCsvTable } from './read-csv-table.ts'
import { amount, birthday, clockTime, country, currency, day, email, field, list, moment, oneOf, openingHours, optional, text, weekdays, whole, withDefault, yesNo, zone } from './values.ts'
import type { DateOrder } from './values.ts'

type Column<S extends z.ZodType = z.ZodType> = { schema: S; required: boolean; aliases: string[] }

function must<T>(parse: (value: string) => T, ...aliases: string[]) {
  return { schema: field(parse), required: true, aliases }
}

function may<T>(parse: (value: string) => T, ...aliases: string[]) {
  return { schema: optional(parse), required: false, aliases }
}

function otherwise<T>(value: T, parse: (value: string) => T, ...aliases: string[]) {
  return { schema: withDefault(parse, value), required: false, aliases }
}

const minutes = whole({ min: 0, max: 1440 })
const someMinutes = whole({ min: 1, max: 1440 })
const percent = whole({ min: 0, max: 100 })
const consent = oneOf(['in', 'out', 'unknown'], { yes: 'in', no: 'out', true: 'in', false: 'out', opted_in: 'in', opted_out: 'out', subscribed: 'in', unsubscribed: 'out' })
const by = oneOf(['client', 'salon', 'unknown'], { customer: 'client', guest: 'client', staff: 'salon', business: 'salon' })
const status = oneOf(['requested', 'booked', 'confirmed', 'arrived', 'in_service', 'completed', 'cancelled', 'no_show', 'declined', 'held'], {
  scheduled: 'booked', new: 'booked', open: 'booked', accepted: 'booked', checked_in: 'arrived', started: 'in_service', done: 'completed', complete: 'completed', closed: 'completed', paid: 'completed', checked_out: 'completed', canceled: 'cancelled', noshow: 'no_show',
})
const eventKind = oneOf(['booked', 'moved', 'confirmed', 'arrived', 'completed', 'cancelled', 'no_show', 'paid', 'note'], { created: 'booked', rescheduled: 'moved', canceled: 'cancelled', noshow: 'no_show' })

/** business.csv stands alone because the others depend on its `date_order`. */
export const businessColumns = {
  id: otherwise('business', text, 'business_id'),
  name: must(text, 'business_name', 'salon'),
  date_order: otherwise<DateOrder>('ymd', oneOf(['ymd', 'mdy', 'dmy'])),
}

/** Every other file of the format with its columns: what they are called elsewhere, whether they must be there, how they are read. docs/import.md explains them. */
export function columnsOf(order: DateOrder) {
  const when = moment(order)
  return {
    locations: {
      id: must(text, 'location_id', 'location_code'), name: must(text, 'location_name'), zone: must(zone, 'timezone'), currency: must(currency),
      hours: must(openingHours, 'opening_hours', 'business_hours'), country: otherwise<CountryCode>('US', country), phone: may(text, 'telephone'), address: may(text), closures: otherwise<string[]>([], (value) => list(value).map(day(order)), 'closed_on', 'holidays'),
    },
    staff: {
      id: must(text, 'staff_id', 'employee_id', 'staff_code'), name: must(text, 'staff_name', 'employee', 'employee_name'), locations: may(list, 'location', 'location_ids'), services: may(list, 'service_ids', 'skills'), active: otherwise(true, yesNo, 'is_active'),
    },
    shifts: { staff: must(text, 'staff_id'), location: may(text, 'location_id'), weekdays: must(weekdays, 'weekday', 'days', 'day'), start: must(clockTime, 'from'), end: must(clockTime, 'to') },
    services: {
      id: must(text, 'service_id', 'service_code', 'code', 'sku'), name: must(text, 'service_name', 'description'), category: otherwise('service', (value) => value.toLowerCase(), 'segment', 'service_category'), duration_min: must(someMinutes, 'duration', 'duration_minutes', 'minutes'), price: must(amount, 'service_price', 'amount'),
      processing_after_min: may(minutes, 'processing_after'), processing_min: may(minutes, 'processing', 'processing_time'), patch_test_hours: may(whole({ min: 0, max: 720 })), deposit_percent: may(percent, 'deposit'), consultation: otherwise(false, yesNo, 'is_consultation'), active: otherwise(true, yesNo, 'is_active'),
    },
    clients: {
      id: must(text, 'client_id', 'customer_id', 'client_code', 'guest_id'), first_name: must(text, 'given_name', 'forename'), last_name: otherwise('', text, 'surname', 'family_name'), phone: otherwise<string[]>([], list, 'phones', 'mobile', 'mobile_phone', 'phone_number', 'cell'), email: may(email, 'email_address', 'e_mail'), language: may(text),
      birthday: may(birthday(order), 'birth_date', 'date_of_birth', 'dob'), sms_consent: otherwise('unknown', consent, 'sms_opt_in'), email_consent: otherwise('unknown', consent, 'email_opt_in'), tags: otherwise<string[]>([], list), notes: otherwise('', text, 'note'), created_at: may(when, 'client_since', 'created'),
    },
    appointments: {
      id: must(text, 'appointment_id', 'booking_id', 'visit_id'), location: may(text, 'location_id'), client: must(text, 'client_id', 'customer_id', 'client_code'), staff: must(text, 'staff_id', 'employee_id', 'staff_code'), service: must(text, 'service_id', 'service_code'),
      date: must(day(order), 'appointment_date', 'booking_date', 'visit_date'), time: { ...may(clockTime, 'start_time', 'start', 'appointment_time'), required: true }, duration_min: may(someMinutes, 'duration', 'duration_minutes'), price: may(amount, 'amount'), status: must(status, 'appointment_status', 'state'),
      booked_at: may(when, 'created_at', 'booked_on', 'created'), confirmed_at: may(when, 'confirmed_on'), cancelled_at: may(when, 'canceled_at', 'cancelled_on', 'cancel_date', 'cancellation_date'), cancelled_by: may(by, 'canceled_by'), staff_requested: may(yesNo, 'requested'), note: may(text, 'notes', 'comment'),
    },
    events: { appointment: must(text, 'appointment_id', 'booking_id'), kind: must(eventKind, 'event', 'type'), at: must(when, 'happened_at', 'date'), known_at: may(when), by: may(by), from: may(when), to: may(when), amount: may(amount) },
    waitlist: {
      id: must(text, 'waitlist_id', 'entry_id'), location: may(text, 'location_id'), client: must(text, 'client_id'), service: must(text, 'service_id'), staff: may(text, 'staff_id'), from: may(when, 'wanted_from'), to: may(when, 'wanted_to', 'until'), created_at: must(when, 'created', 'added_on'),
      status: otherwise<WaitlistEntry['status']>('waiting', oneOf(['waiting', 'filled', 'left'])),
    },
    holdings: {
      client: must(text, 'client_id'), kind: must(oneOf(['package', 'credit', 'balance', 'membership', 'product', 'patch_test']), 'type'), name: may(text, 'description'), remaining: may(whole({ min: 0, max: 10_000 })), amount: may(amount), expires: may(day(order), 'expiry', 'expires_on'), date: may(day(order), 'since', 'bought', 'done'),
    },
  }
}

export type Columns = ReturnType<typeof columnsOf>
export type Row<C extends Record<string, Column>> = { [K in keyof C]: z.output<C[K]['schema']> } & { line: number }

/** The format's rows by table; `undefined` where the file is not there. `broken` has the ids (first column) of rows that could not be read. */
export type Table<C extends Record<string, Column>> = { file: string; there: boolean; rows: Row<C>[]; broken: Set<string>; read: number }

/** Reads one file of the format; rows that do not fit go to `bad` with the column and the reason. */
export async function readTable<C extends Record<string, Column>>({ dir, file, columns, bad, notes, progress }: { dir: string; file: string; columns: C; bad: RowProblem[]; notes: RowProblem[]; progress?: ImportProgress }): Promise<Table<C>> {
  const names = Object.fromEntries(Object.entries(columns).map(([name, { aliases, required }]) => [name, { names: [name, ...aliases], required }]))
  const found = await readCsvTable({ dir, file, columns: names, bad, notes })
  const schema = z.object(Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.schema])))
  const table: Table<C> = { file, there: found !== undefined, rows: [], broken: new Set(), read: 0 }
  const key = Object.keys(columns)[0] ?? ''
  for (const { line, texts } of found ?? []) {
    const parsed = schema.safeParse(texts)
    if (parsed.success) table.rows.push({ ...parsed.data, line } as Row<C>)
    else {
      bad.push({ file, line, reason: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') })
      table.broken.add(texts[key] ?? '')
    }
    table.read++
    if (table.read % 5000 === 0) progress?.({ file, rows: table.read })
  }
  if (table.there) progress?.({ file, rows: table.read })
  return table
}
