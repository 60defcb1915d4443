import { z } from 'zod'

// Only the fields that are used; what the gated reference calls them is known from programs that saw it.
const text = z.string().nullish().transform((value) => value ?? undefined)
const amount = z.union([z.number(), z.string().regex(/^\d+(\.\d+)?$/).transform(Number)]).nullish().transform((value) => value ?? undefined)

export const Token = z.object({ data: z.object({ access_token: z.string().min(1), expires_in: z.number().nullish() }) })

/** An instant with its offset (`…Z` in reads); without one it is no time that anybody could place. */
function isInstant(value: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value))
}
const instant = text.transform((value) => (value !== undefined && isInstant(value) ? value : undefined))

/** How Vagaro says in a body, whatever the HTTP status, that something is wrong: `{ status, responseCode, message }`. */
export const Verdict = z.object({ status: z.number().nullish(), responseCode: z.union([z.number(), z.string()]).nullish() })

/** Rows are in `data`, in `data.NAME`, or (services, by one program) in NAME itself; one record may stand for a list of one. An answer with none of them is no empty list. */
export function RowsOf<T>(name: string, row: z.ZodType<T>) {
  return z.looseObject({ data: z.unknown().optional() }).transform((body, context) => {
    const inner = body.data
    const held = isRecord(inner) && name in inner ? inner[name] : inner ?? body[name]
    const list = z.array(row).safeParse(Array.isArray(held) ? held : isRecord(held) ? [held] : undefined)
    const next = [inner, body].map((place) => (isRecord(place) ? place['nextPage'] : undefined)).some((value) => value !== undefined && value !== null && value !== false && value !== '' && value !== 0)
    if (list.success) return { rows: list.data, hasNext: next }
    context.addIssue({ code: 'custom', message: `no ${name}` })
    return z.NEVER
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export const Location = z.object({ businessId: z.string().min(1), businessName: text, name: text, phone: text, businessPhone: text })
export const Performer = z.object({ serviceProviderId: text, employeeId: text, employeeFirstName: text, employeeLastName: text, firstName: text, lastName: text })
export const Service = z.object({ serviceId: z.string().min(1), serviceTitle: text, parentServiceTitle: text, durationMinutes: amount, price: amount, servicePerformedBy: z.array(Performer).nullish() })
export const Customer = z.object({ customerId: z.string().min(1), customerFirstName: text, customerLastName: text, firstName: text, lastName: text, email: text, mobilePhone: text, dayPhone: text, birthday: text })

export const Appointment = z.object({
  appointmentId: z.string().min(1), startTime: z.string().refine(isInstant), endTime: instant, bookingStatus: text, serviceId: text, serviceProviderId: text, customerId: text, businessId: text,
  amount, eventType: text, appointmentNote: text, createdDate: instant, modifiedDate: instant,
})
export type Appointment = z.infer<typeof Appointment>

export const Day = z.object({ appointmentDate: text, timeSlot: z.array(z.string()).nullish(), items: z.array(z.object({ serviceProviderId: text, duration: amount })).nullish() })

/** Creating answers with ids only. */
export const Made = z.object({ appointmentId: z.string().min(1) })
export const Anything = z.unknown()

/** A delivery's envelope; one of Vagaro's own samples writes `createdAt`. */
export const Event = z.object({
  id: z.string().min(1), createdDate: instant, createdAt: instant, type: z.string(), action: text,
  payload: z.object({ appointmentId: text, customerId: text, eventType: text, bookingStatus: text }).nullish(),
})
