import type { GraphSchema } from './fake-graphql.ts'

type Resolver = (args: Record<string, unknown>) => unknown
type Resolvers = Record<
  'business' | 'staff' | 'services' | 'clients' | 'client' | 'appointments' | 'appointment' | 'createCart' | 'cart' | 'addCartSelectedBookableItem' | 'cartBookableDates' | 'cartBookableTimes'
  | 'cartBookableStaffVariants' | 'cartAddToWaitlist' | 'appointmentRescheduleAvailableDates' | 'appointmentRescheduleAvailableTimes' | 'appointmentReschedule' | 'bookingCreate' | 'bookingAddService'
  | 'bookingComplete' | 'updateAppointment' | 'cancelAppointment', Resolver
>

const connections = Object.fromEntries(['Appointment', 'Client', 'Location', 'Staff', 'Service'].flatMap((node) => [[`${node}Connection`, { edges: `${node}Edge`, pageInfo: 'PageInfo' }], [`${node}Edge`, { cursor: 'String', node }]]))

// The part of Boulevard's schema that the desk knows: the Client API's own (published with its SDK), the Admin API's as its users write it.
const types: GraphSchema['types'] = {
  ...connections,
  PageInfo: { endCursor: 'String', hasNextPage: 'Boolean' },
  Business: { id: 'ID', name: 'String', tz: 'Tz', locations: 'LocationConnection' },
  Location: { id: 'ID', name: 'String', tz: 'Tz', address: 'Address' },
  Address: { line1: 'String', line2: 'String', city: 'String', state: 'String', zip: 'String', country: 'String' },
  Staff: { id: 'ID', name: 'String', displayName: 'String', locations: 'Location' },
  Service: { id: 'ID', name: 'String', categoryId: 'ID', category: 'ServiceCategory' },
  ServiceCategory: { name: 'String' },
  Client: { id: 'ID', firstName: 'String', lastName: 'String', name: 'String', email: 'Email', mobilePhone: 'PhoneNumber', createdAt: 'DateTime', active: 'Boolean' },
  Appointment: { id: 'ID', startAt: 'DateTime', endAt: 'DateTime', state: 'AppointmentState', cancelled: 'Boolean', createdAt: 'DateTime', notes: 'String', clientId: 'ID', locationId: 'ID', duration: 'Int', cancellation: 'AppointmentCancellation', appointmentServices: 'AppointmentService', client: 'Client' },
  AppointmentCancellation: { reason: 'Reason', cancelledAt: 'DateTime', notes: 'String' },
  AppointmentService: { serviceId: 'ID', staffId: 'ID', staffRequested: 'Boolean', startAt: 'DateTime', endAt: 'DateTime', duration: 'Int', totalDuration: 'Int', startTimeOffset: 'Int', price: 'Money' },
  Cart: { id: 'ID', availableCategories: 'CartAvailableCategory', availableItem: 'CartAvailableItem', selectedItems: 'CartItem' },
  CartAvailableCategory: { id: 'ID', name: 'String', availableItems: 'CartAvailableItem' },
  CartAvailableItem: { id: 'ID', name: 'String', disabled: 'Boolean', description: 'String' },
  CartAvailableBookableItem: { id: 'ID', name: 'String', disabled: 'Boolean', listDurationRange: 'Range', listPriceRange: 'Range', staffVariants: 'StaffVariant' },
  Range: { min: 'Int', max: 'Int', variable: 'Boolean' },
  StaffVariant: { id: 'ID', duration: 'Int', price: 'Money', staff: 'Staff' },
  CartItem: { id: 'ID', item: 'CartAvailableItem' },
  CartPayload: { cart: 'Cart' },
  BookableDate: { date: 'Date' },
  BookableTime: { id: 'ID', score: 'Int', startTime: 'DateTime' },
  RescheduleDates: { availableDates: 'BookableDate' },
  RescheduleTimes: { availableTimes: 'RescheduleTime' },
  RescheduleTime: { bookableTimeId: 'ID', startTime: 'DateTime' },
  AppointmentPayload: { appointment: 'Appointment' },
  BookingCreatePayload: { booking: 'Booking', bookingWarnings: 'BookingWarning' },
  Booking: { id: 'ID', bookingClients: 'BookingClient', errors: 'BookingError' },
  BookingClient: { id: 'ID', clientId: 'ID' },
  BookingError: { code: 'String', message: 'String' },
  BookingWarning: { code: 'String', message: 'String', staffId: 'ID', serviceId: 'ID' },
  BookingAddServicePayload: { bookingService: 'BookingService', bookingWarnings: 'BookingWarning' },
  BookingService: { id: 'ID', serviceId: 'ID', staffId: 'ID' },
  BookingCompletePayload: { bookingAppointments: 'BookingAppointment', bookingWarnings: 'BookingWarning' },
  BookingAppointment: { appointmentId: 'ID', clientId: 'ID' },
}

const inputs: GraphSchema['inputs'] = {
  CreateCartInput: { locationId: 'ID' },
  AddCartSelectedBookableItemInput: { id: 'ID!', itemId: 'ID!', itemStaffVariantId: 'ID', itemOptionIds: 'ID', itemGuestId: 'ID' },
  CartAddToWaitlistInput: { id: 'ID!', preferredTimeLower: 'NaiveDateTime!', preferredTimeUpper: 'NaiveDateTime!', tz: 'Tz' },
  AppointmentRescheduleAvailableDatesInput: { appointmentId: 'ID!', searchRangeLower: 'Date!', searchRangeUpper: 'Date!', tz: 'Tz' },
  AppointmentRescheduleAvailableTimesInput: { appointmentId: 'ID!', date: 'Date!', tz: 'Tz' },
  AppointmentRescheduleInput: { appointmentId: 'ID!', bookableTimeId: 'ID!', sendNotification: 'Boolean!' },
  BookingCreateInput: { locationId: 'ID!', clientId: 'ID', startTime: 'NaiveDateTime!' },
  BookingAddServiceInput: { bookingId: 'ID!', bookingClientId: 'ID!', serviceId: 'ID!', staffId: 'ID' },
  BookingCompleteInput: { bookingId: 'ID!', bookWithStaffId: 'ID!', notifyClient: 'Boolean' },
  UpdateAppointmentInput: { id: 'ID!', notes: 'String', state: 'AppointmentStateInput' },
  CancelAppointmentInput: { id: 'ID!', reason: 'Reason!', notes: 'String', notifyClient: 'Boolean' },
}

export function boulevardSchema(resolve: Resolvers): { admin: GraphSchema; client: GraphSchema } {
  const page = { first: 'Int', after: 'String' }
  const withInput = (type: string, input: string, resolver: Resolver) => ({ type, args: { input: `${input}!` }, resolve: resolver })
  return {
    admin: {
      types, inputs,
      query: {
        staff: { type: 'StaffConnection', args: page, resolve: resolve.staff },
        services: { type: 'ServiceConnection', args: page, resolve: resolve.services },
        clients: { type: 'ClientConnection', args: page, resolve: resolve.clients },
        client: { type: 'Client', args: { id: 'ID!' }, resolve: resolve.client },
        appointments: { type: 'AppointmentConnection', args: { ...page, locationId: 'ID!', query: 'QueryString', clientId: 'ID' }, resolve: resolve.appointments },
        appointment: { type: 'Appointment', args: { id: 'ID!' }, resolve: resolve.appointment },
      },
      mutation: {
        appointmentRescheduleAvailableDates: withInput('RescheduleDates', 'AppointmentRescheduleAvailableDatesInput', resolve.appointmentRescheduleAvailableDates),
        appointmentRescheduleAvailableTimes: withInput('RescheduleTimes', 'AppointmentRescheduleAvailableTimesInput', resolve.appointmentRescheduleAvailableTimes),
        appointmentReschedule: withInput('AppointmentPayload', 'AppointmentRescheduleInput', resolve.appointmentReschedule),
        bookingCreate: withInput('BookingCreatePayload', 'BookingCreateInput', resolve.bookingCreate),
        bookingAddService: withInput('BookingAddServicePayload', 'BookingAddServiceInput', resolve.bookingAddService),
        bookingComplete: withInput('BookingCompletePayload', 'BookingCompleteInput', resolve.bookingComplete),
        updateAppointment: withInput('AppointmentPayload', 'UpdateAppointmentInput', resolve.updateAppointment),
        cancelAppointment: withInput('AppointmentPayload', 'CancelAppointmentInput', resolve.cancelAppointment),
      },
    },
    client: {
      types, inputs,
      query: {
        business: { type: 'Business', args: {}, resolve: resolve.business },
        cart: { type: 'Cart', args: { id: 'ID!' }, resolve: resolve.cart },
        cartBookableDates: { type: 'BookableDate', args: { id: 'ID!', searchRangeLower: 'Date', searchRangeUpper: 'Date', tz: 'Tz' }, resolve: resolve.cartBookableDates },
        cartBookableTimes: { type: 'BookableTime', args: { id: 'ID!', searchDate: 'Date!', tz: 'Tz' }, resolve: resolve.cartBookableTimes },
        cartBookableStaffVariants: { type: 'StaffVariant', args: { id: 'ID!', itemId: 'ID!', bookableTimeId: 'ID!' }, resolve: resolve.cartBookableStaffVariants },
      },
      mutation: {
        createCart: withInput('CartPayload', 'CreateCartInput', resolve.createCart),
        addCartSelectedBookableItem: withInput('CartPayload', 'AddCartSelectedBookableItemInput', resolve.addCartSelectedBookableItem),
        cartAddToWaitlist: withInput('CartPayload', 'CartAddToWaitlistInput', resolve.cartAddToWaitlist),
      },
    },
  }
}
