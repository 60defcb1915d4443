import { z } from 'zod'

// Only the fields that are used; Mindbody leaves out or empties what it does not know.
const text = z.string().nullish().transform((value) => value ?? undefined)
const number = z.number().nullish().transform((value) => value ?? undefined)
const flag = z.boolean().nullish()
/** Ids are whole numbers there and text here. */
const id = z.union([z.number(), z.string().min(1)]).transform(String)
const maybeId = z.union([z.number(), z.string()]).nullish().transform((value) => (value === null || value === undefined || value === '' ? undefined : String(value)))

export const Pagination = z.object({ PageSize: number, TotalResults: number }).nullish()
export const Failure = z.object({ Error: z.object({ Message: text, Code: text }) })
export const Token = z.object({ AccessToken: z.string().min(1) })
export const Anything = z.unknown()

export const Sites = z.object({ Sites: z.array(z.object({ Id: id, Name: text, TimeZone: text, CurrencyIsoCode: text })) })
const Location = z.object({ Id: id, Name: text, Address: text, City: text, Phone: text })
export const Locations = z.object({ PaginationResponse: Pagination, Locations: z.array(Location) })
const StaffMember = z.object({ Id: id, FirstName: text, LastName: text, DisplayName: text, Name: text, AppointmentInstructor: flag })
export const StaffMembers = z.object({ PaginationResponse: Pagination, StaffMembers: z.array(StaffMember) })
const SessionType = z.object({ Id: id, Name: text, Type: text, DefaultTimeLength: number, ProgramId: maybeId, Category: text })
export const SessionTypes = z.object({ PaginationResponse: Pagination, SessionTypes: z.array(SessionType) })
export const StaffSessionTypes = z.object({ PaginationResponse: Pagination, StaffSessionTypes: z.array(z.object({ Id: id })) })
/** Pricing options: what a client can buy to come, for a programme (Mindbody's "service category") each. */
const Pricing = z.object({ Name: text, Price: number, ProgramId: maybeId, Count: number, IsIntroOffer: flag, Discontinued: flag })
export const Pricings = z.object({ PaginationResponse: Pagination, Services: z.array(Pricing) })

export type Site = z.infer<typeof Sites>['Sites'][number]
export type Place = z.infer<typeof Location>
export type Member = z.infer<typeof StaffMember>
export type Session = z.infer<typeof SessionType>
export type PricingOption = z.infer<typeof Pricing>

export const Appointment = z.object({
  Id: id, Status: text, StartDateTime: z.string(), EndDateTime: text, Duration: number, Notes: text, PartnerExternalId: text, StaffRequested: flag,
  SessionTypeId: maybeId, LocationId: maybeId, StaffId: maybeId, ClientId: maybeId, IsWaitlist: flag, WaitlistEntryId: maybeId,
})
export type Appointment = z.infer<typeof Appointment>
export const Appointments = z.object({ PaginationResponse: Pagination, Appointments: z.array(Appointment) })
export const OneAppointment = z.object({ Appointment })

export const Person = z.object({
  Id: id, FirstName: text, LastName: text, Email: text, MobilePhone: text, HomePhone: text, WorkPhone: text, BirthDate: text, Notes: text, CreationDate: text,
})
export type Person = z.infer<typeof Person>
export const Clients = z.object({ PaginationResponse: Pagination, Clients: z.array(Person) })
export const OneClient = z.object({ Client: Person })
export const CustomFields = z.object({ PaginationResponse: Pagination, CustomClientFields: z.array(z.object({ Id: z.number(), Name: text })) })

const Shift = z.object({
  Staff: z.object({ Id: id }), SessionType: z.object({ DefaultTimeLength: number }).nullish(), Location: z.object({ Id: id }).nullish(),
  StartDateTime: z.string(), EndDateTime: z.string(), BookableEndDateTime: text, PrepTime: number, FinishTime: number,
})
export type Shift = z.infer<typeof Shift>
export const Shifts = z.object({ PaginationResponse: Pagination, Availabilities: z.array(Shift) })

/** What `toVisit` keeps for the next write. */
export const Extra = z.object({ notes: z.string() })

export const Event = z.object({
  messageId: z.string().min(1), eventId: z.string(), eventInstanceOriginationDateTime: text,
  eventData: z.object({ siteId: maybeId, appointmentId: maybeId, clientId: maybeId }).nullish(),
})
