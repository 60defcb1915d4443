import type { Zone } from '../../salon/time.ts'

// Zenoti names a centre's zone as Windows does; these are CLDR's counterparts (windowsZones.xml, territory 001) for where it is sold most.
const zones: Record<string, Zone> = {
  'Pacific Standard Time': 'America/Los_Angeles', 'Mountain Standard Time': 'America/Denver', 'US Mountain Standard Time': 'America/Phoenix', 'Central Standard Time': 'America/Chicago',
  'Eastern Standard Time': 'America/New_York', 'US Eastern Standard Time': 'America/Indianapolis', 'Atlantic Standard Time': 'America/Halifax', 'Alaskan Standard Time': 'America/Anchorage', 'Hawaiian Standard Time': 'Pacific/Honolulu',
  'Canada Central Standard Time': 'America/Regina', 'Newfoundland Standard Time': 'America/St_Johns', 'GMT Standard Time': 'Europe/London', 'W. Europe Standard Time': 'Europe/Berlin', 'Romance Standard Time': 'Europe/Paris',
  'Central Europe Standard Time': 'Europe/Budapest', 'India Standard Time': 'Asia/Calcutta', 'Arabian Standard Time': 'Asia/Dubai', 'Singapore Standard Time': 'Asia/Singapore',
  'AUS Eastern Standard Time': 'Australia/Sydney', 'E. Australia Standard Time': 'Australia/Brisbane', 'Cen. Australia Standard Time': 'Australia/Adelaide', 'W. Australia Standard Time': 'Australia/Perth', 'New Zealand Standard Time': 'Pacific/Auckland',
}

/** The IANA zone of a Windows zone; undefined for one that is not in the table. */
export function zoneOfWindows(name: string | undefined): Zone | undefined {
  return name === undefined ? undefined : zones[name]
}
