// What is asked of Boulevard. Names as in the Client API's published schema and, for the Admin API, as its users write them.

const appointment = `{
  id startAt endAt state cancelled createdAt notes clientId locationId
  cancellation { reason cancelledAt }
  appointmentServices { serviceId staffId staffRequested startAt duration totalDuration price }
}`
const person = '{ id firstName lastName email mobilePhone createdAt }'
const pageInfo = 'pageInfo { endCursor hasNextPage }'
const item = '{ id name disabled ... on CartAvailableBookableItem { listDurationRange { min max } listPriceRange { min max } staffVariants { id duration price staff { id } } } }'

export const business = 'query Business { business { id name } }'
export const locations = `query Locations($after: String) { business { id name locations(first: 100, after: $after) { edges { node { id name tz address { line1 city country } } } ${pageInfo} } } }`
export const staff = `query Staff($first: Int, $after: String) { staff(first: $first, after: $after) { edges { node { id name displayName locations { id } } } ${pageInfo} } }`
export const services = `query Services($first: Int, $after: String) { services(first: $first, after: $after) { edges { node { id name category { name } } } ${pageInfo} } }`
export const clients = `query Clients($first: Int, $after: String) { clients(first: $first, after: $after) { edges { node ${person} } ${pageInfo} } }`
export const oneClient = `query Client($id: ID!) { client(id: $id) ${person} }`
export const appointments = `query Appointments($locationId: ID!, $query: QueryString, $first: Int, $after: String) {
  appointments(locationId: $locationId, query: $query, first: $first, after: $after) { edges { node ${appointment} } ${pageInfo} }
}`
export const oneAppointment = `query Appointment($id: ID!) { appointment(id: $id) ${appointment} }`

export const createCart = 'mutation CreateCart($input: CreateCartInput!) { createCart(input: $input) { cart { id } } }'
export const cartCategories = `query Cart($id: ID!) { cart(id: $id) { availableCategories { name availableItems ${item} } } }`
export const cartItem = `query CartItem($id: ID!, $itemId: ID!) { cart(id: $id) { availableItem(id: $itemId) ${item} } }`
export const addItem = 'mutation AddItem($input: AddCartSelectedBookableItemInput!) { addCartSelectedBookableItem(input: $input) { cart { id selectedItems { id item { id } } } } }'
export const bookableDates = 'query Dates($id: ID!, $lower: Date, $upper: Date) { cartBookableDates(id: $id, searchRangeLower: $lower, searchRangeUpper: $upper) { date } }'
export const addToWaitlist = 'mutation Wait($input: CartAddToWaitlistInput!) { cartAddToWaitlist(input: $input) { cart { id } } }'

/** The times of several days in one request. */
export const bookableTimes = (days: number) => `query Times($id: ID!, ${each(days, (n) => `$d${n}: Date!`, ', ')}) { ${each(days, (n) => `d${n}: cartBookableTimes(id: $id, searchDate: $d${n}) { id startTime }`)} }`
/** Who is free for an item, at several times in one request. */
export const bookableStaff = (times: number) => `query Who($id: ID!, $itemId: ID!, ${each(times, (n) => `$t${n}: ID!`, ', ')}) { ${each(times, (n) => `t${n}: cartBookableStaffVariants(id: $id, itemId: $itemId, bookableTimeId: $t${n}) { id duration price staff { id } }`)} }`

export const rescheduleDates = 'mutation RescheduleDates($input: AppointmentRescheduleAvailableDatesInput!) { appointmentRescheduleAvailableDates(input: $input) { availableDates { date } } }'
export const rescheduleTimes = (days: number) => `mutation RescheduleTimes(${each(days, (n) => `$d${n}: AppointmentRescheduleAvailableTimesInput!`, ', ')}) { ${each(days, (n) => `d${n}: appointmentRescheduleAvailableTimes(input: $d${n}) { availableTimes { bookableTimeId startTime } }`)} }`
export const reschedule = 'mutation Reschedule($input: AppointmentRescheduleInput!) { appointmentReschedule(input: $input) { appointment { id } } }'

export const bookingCreate = 'mutation BookingCreate($input: BookingCreateInput!) { bookingCreate(input: $input) { booking { id bookingClients { id clientId } errors { code message } } bookingWarnings { code } } }'
export const bookingAddService = 'mutation BookingAddService($input: BookingAddServiceInput!) { bookingAddService(input: $input) { bookingWarnings { code } } }'
export const bookingComplete = 'mutation BookingComplete($input: BookingCompleteInput!) { bookingComplete(input: $input) { bookingAppointments { appointmentId clientId } } }'
export const updateAppointment = 'mutation UpdateAppointment($input: UpdateAppointmentInput!) { updateAppointment(input: $input) { appointment { id } } }'
export const cancelAppointment = 'mutation CancelAppointment($input: CancelAppointmentInput!) { cancelAppointment(input: $input) { appointment { id } } }'

function each(count: number, say: (n: number) => string, between = ' '): string {
  return Array.from({ length: count }, (_, n) => say(n)).join(between)
}
