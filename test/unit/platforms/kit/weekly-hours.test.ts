import { expect, test } from 'vitest'
import { ServiceList } from '../../../../src/platforms/kit/service-list.ts'
import { WeeklyHours } from '../../../../src/platforms/kit/weekly-hours.ts'

const words = (parsed: ReturnType<typeof WeeklyHours.safeParse> | ReturnType<typeof ServiceList.safeParse>) => (parsed.success ? '' : parsed.error.issues.map(({ message }) => message).join('; '))
const days = (weekdays: number[], open: string, close: string) => weekdays.map((weekday) => ({ weekday, open, close }))

test.each([
  ['Tue-Fri 9:00-18:00, Sat 10:00-16:00', [...days([2, 3, 4, 5], '09:00', '18:00'), ...days([6], '10:00', '16:00')]],
  ['monday 9 am – 6 pm; Wednesday 12pm-8:30pm', [...days([1], '09:00', '18:00'), ...days([3], '12:00', '20:30')]],
  ['Mon 9-12\nMon 13.00-24:00', [...days([1], '09:00', '12:00'), ...days([1], '13:00', '00:00')]],
  ['Sat-Mon 00:00-12:00', days([1, 6, 7], '00:00', '12:00')],
  ['Thurs 9:00-18:00', days([4], '09:00', '18:00')],
])('hours like %j are read', (text, hours) => {
  expect(WeeklyHours.parse(text)).toEqual(hours)
})

test.each([
  ['', 'when the salon is open'], ['always', '"always" is not understood'], ['Tue-Fri', 'not understood'], ['Tue 9:00-18:00, Xyz 9-18', '"Xyz 9-18" is not understood'],
  ['Tue 9-6', 'ends before it begins: write 18:00 or 6 pm'], ['Tue 9:60-18:00', 'not understood'], ['Tue 25-26', 'not understood'], ['Tue 24:00-24:00', 'begins at the end of the day'],
  ['T 9-18', 'not understood'], ['Mon-Fri 9-18, Wed 17-20', '"Wed 17-20" lies on hours'], ['Mon 0 am-5 pm', 'not understood'], ['Mon 9-9', 'ends before'],
])('hours like %j are refused with words', (text, why) => {
  expect(words(WeeklyHours.safeParse(text))).toContain(why)
})

test('services are a name, minutes and a price', () => {
  expect(ServiceList.parse('Women\'s cut = 45 min, $65.50\nBlowdry=30/40; Färben = 120 minutes, 99')).toEqual([
    { id: 'women-s-cut', name: 'Women\'s cut', durationMin: 45, price: 65.5 }, { id: 'blowdry', name: 'Blowdry', durationMin: 30, price: 40 }, { id: 'farben', name: 'Färben', durationMin: 120, price: 99 },
  ])
  expect(ServiceList.parse(undefined)).toEqual([])
})

test.each([['Cut', 'line 1'], ['Cut = 45', 'line 1'], ['Cut = 45, 60\nColor = 0, 60', 'line 2'], ['Cut = 900, 60', 'line 1'], ['Cut = 45, 60; cut = 30, 50', 'the same name']])('a list like %j is refused with words', (text, why) => {
  expect(words(ServiceList.safeParse(text))).toContain(why)
})
