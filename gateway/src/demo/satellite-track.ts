/** One position a second, as a satellite receiver beside the camera writes it. */
const intervalMs = 1_000;

/** The track of a recording as NMEA 0183 RMC sentences, from its first second to its last; the times are UTC. */
export function satelliteTrack(startedAt: Date, seconds: number): string {
  const fixes: string[] = [];
  for (let afterMs = 0; afterMs <= seconds * 1000; afterMs += intervalMs) {
    fixes.push(rmcSentence(new Date(startedAt.getTime() + afterMs)));
  }
  return fixes.join('');
}

function rmcSentence(at: Date): string {
  const text = at.toISOString();
  const time = `${text.slice(11, 19).replaceAll(':', '')}.${text.slice(20, 22)}`;
  const day = text.slice(8, 10) + text.slice(5, 7) + text.slice(2, 4);
  const body = `GNRMC,${time},A,3504.1234,N,11820.5678,E,0.5,84.4,${day},,,A`;
  const checksum = [...body].reduce((sum, character) => sum ^ character.charCodeAt(0), 0);
  return `$${body}*${checksum.toString(16).toUpperCase().padStart(2, '0')}\r\n`;
}
