/** Words of `docket live`. */
export const liveEn = {
  askPassword: (name: string) => `Password of ${name}:`,
  passwordLength: (shortest: number, longest: number) =>
    `the password must have ${shortest} to ${longest} characters, and none that cannot be typed`,
  viewerName: 'a name of letters, digits, dots, dashes and underscores, at most 64',
  configure: 'Into the configuration file, under live.rtsp.viewers:',
  examples: ['docket live credential command-centre'],
};

export const liveHelpEn = {
  live: 'live streams of recorders',
  liveCredential:
    'hash the password of a viewer: it is typed, or comes by standard input; only its hashes go into the configuration',
  liveCredentialName: 'what the viewer logs in as',
};
