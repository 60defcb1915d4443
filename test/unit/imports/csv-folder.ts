import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { rmSync } from 'node:fs'

/** A small sound salon in the general CSV format. */
export const goodFiles: Record<string, string> = {
  'business.csv': 'id,name\nsunny,Sunny Hair\n',
  'locations.csv': 'id,name,zone,currency,hours,closures\nmain,Main Street,America/Los_Angeles,USD,"Mon-Fri 09:00-18:00; Sat 10:00-4pm",2026-12-25|2026-12-26\n',
  'services.csv': 'id,name,category,duration_min,price,processing_after_min,processing_min\ncut,Cut,Cut,45,78.00,,\ncolor,Color,Color,120,"1,140.50",35,40\n',
  'staff.csv': 'id,name,services\nm,Maya,\nj,Jamie,cut\n',
  'clients.csv': 'id,first_name,last_name,phone,email,birthday,sms_consent,notes,created_at\nC1,Ana,Lopez,(503) 555-0101,ana@example.com,1990-04-07,yes,"likes ""short""\nand quick",2024-01-05\nC2,Bo,,,,,,,\n',
  'appointments.csv': [
    'id,client,staff,service,date,time,status,booked_at,cancelled_at,cancelled_by',
    'A1,C1,m,color,2026-11-02,10:00,completed,2026-10-20 09:30,,',
    'A1,C1,m,cut,2026-11-02,12:00,completed,2026-10-20 09:30,,',
    'A2,C2,m,cut,2026-11-02,10:35,cancelled,2026-10-01,2026-11-01,client',
    'A3,C2,j,cut,2026-11-20,3:00 pm,booked,2026-11-05T10:00:00-08:00,,',
  ].join('\n'),
}

/** Writes the files (a good salon with some of them replaced; `undefined` leaves one out) into a folder that goes with the test. */
export function csvFolder(changes: Record<string, string | Uint8Array | undefined> = {}): string {
  const dir = mkdtempSync(join(tmpdir(), 'desk-csv-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  for (const [name, content] of Object.entries({ ...goodFiles, ...changes })) {
    if (content !== undefined) writeFileSync(join(dir, name), content)
  }
  return dir
}
