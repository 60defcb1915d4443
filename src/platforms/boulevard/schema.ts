import { z } from 'zod'

// Only the fields that the documents in queries.ts ask for.
const text = z.string().nullish().transform((value) => value ?? undefined)
const id = z.string().min(1)

const Problem = z.object({ message: text, code: text, extensions: z.object({ code: text }).nullish() })
export const Errors = z.object({ errors: z.array(Problem).nullish(), data: z.record(z.string(), z.unknown()).nullish() })
export const Payload = z.object({ errors: z.array(Problem).nullish(), booking: z.object({ errors: z.array(Problem).nullish() }).nullish() })

const connection = <Node extends z.ZodType>(node: Node) => z.object({
  edges: z.array(z.object({ node: node.nullish() }).nullish()).nullish(),
  pageInfo: z.object({ endCursor: text, hasNextPage: z.boolean() }),
})

export const Appointment = z.object({
  id, startAt: z.string(), endAt: z.string(), state: text, cancelled: z.boolean().nullish(), createdAt: text, notes: text, clientId: text, locationId: text,
  cancellation: z.object({ reason: text, cancelledAt: text }).nullish(),
  appointmentServices: z.array(z.object({ serviceId: text, staffId: text, staffRequested: z.boolean().nullish(), startAt: text, duration: z.number().nullish(), totalDuration: z.number().nullish(), price: z.number().nullish() })).nullish(),
})
export type Appointment = z.infer<typeof Appointment>
export const OneAppointment = z.object({ appointment: Appointment.nullable() })
export const Appointments = z.object({ appointments: connection(Appointment) })

export const Person = z.object({ id, firstName: text, lastName: text, email: text, mobilePhone: text, createdAt: text })
export type Person = z.infer<typeof Person>
export const OneClient = z.object({ client: Person.nullable() })
export const Clients = z.object({ clients: connection(Person) })

const Location = z.object({ id, name: text, tz: text, address: z.object({ line1: text, city: text, country: text }).nullish() })
export type Location = z.infer<typeof Location>
export const Business = z.object({ business: z.object({ id, name: text, locations: connection(Location).nullish() }) })

const Staff = z.object({ id, name: text, displayName: text, locations: z.array(z.object({ id })).nullish() })
export type Staff = z.infer<typeof Staff>
export const StaffList = z.object({ staff: connection(Staff) })
const Service = z.object({ id, name: text, category: z.object({ name: text }).nullish() })
export type Service = z.infer<typeof Service>
export const Services = z.object({ services: connection(Service) })

const StaffVariant = z.object({ id, duration: z.number().nullish(), price: z.number().nullish(), staff: z.object({ id }) })
export type StaffVariant = z.infer<typeof StaffVariant>
const Range = z.object({ min: z.number().nullish(), max: z.number().nullish() }).nullish()
/** Things that are no service (products, gift cards) have a name and nothing else of this. */
const Item = z.object({ id, name: text, disabled: z.boolean().nullish(), listDurationRange: Range, listPriceRange: Range, staffVariants: z.array(StaffVariant).nullish() })
export type Item = z.infer<typeof Item>

export const MadeCart = z.object({ createCart: z.object({ cart: z.object({ id }) }) })
export const CartCategories = z.object({ cart: z.object({ availableCategories: z.array(z.object({ name: text, availableItems: z.array(Item) })) }) })
export const CartItem = z.object({ cart: z.object({ availableItem: Item.nullable() }) })
export const CartWithItem = z.object({ addCartSelectedBookableItem: z.object({ cart: z.object({ id, selectedItems: z.array(z.object({ id, item: z.object({ id }) })) }) }) })
export const Waiting = z.object({ cartAddToWaitlist: z.object({ cart: z.object({ id }) }) })

const Dates = z.array(z.object({ date: z.string() }))
export const BookableDates = z.object({ cartBookableDates: Dates })
/** One list a day; the days are aliases (`d0`, `d1` …). */
export const BookableTimes = z.record(z.string(), z.array(z.object({ id, startTime: z.string() })))
/** One list for each time; the times are aliases. */
export const BookableStaff = z.record(z.string(), z.array(StaffVariant))

const oneOrMany = <T extends z.ZodType>(one: T) => z.union([one.transform((value) => [value]), z.array(one)])
/** The Client API's schema says one payload; another reader of the Admin API has seen a list of them. Both are read. */
export const RescheduleDates = z.object({ appointmentRescheduleAvailableDates: oneOrMany(z.object({ availableDates: Dates })) })
export const RescheduleTimes = z.record(z.string(), oneOrMany(z.object({ availableTimes: z.array(z.object({ bookableTimeId: id, startTime: z.string() })) })))
export const Rescheduled = z.object({ appointmentReschedule: z.object({ appointment: z.object({ id }) }) })

const Warnings = z.array(z.object({ code: text })).nullish()
export const BookingCreated = z.object({ bookingCreate: z.object({ booking: z.object({ id, bookingClients: z.array(z.object({ id, clientId: text })) }), bookingWarnings: Warnings }) })
export const ServiceAdded = z.object({ bookingAddService: z.object({ bookingWarnings: Warnings }) })
export const BookingCompleted = z.object({ bookingComplete: z.object({ bookingAppointments: z.array(z.object({ appointmentId: id, clientId: text })).min(1) }) })
export const Updated = z.object({ updateAppointment: z.object({ appointment: z.object({ id }) }) })
export const Cancelled = z.object({ cancelAppointment: z.object({ appointment: z.object({ id }) }) })

/** What `toVisit` keeps for the next write. */
export const Extra = z.object({ notes: z.string() })

/** Two spellings of the event's name have been seen: `APPOINTMENT_CREATED` and `appointment.created`. */
export const Event = z.object({
  idempotencyKey: z.string().min(1), event: text, eventType: text, timestamp: text,
  resource: z.object({ id: text }).nullish(), data: z.object({ node: z.object({ id: text }).nullish() }).nullish(),
})
