/** Words of `docket live sources` and `docket live streams`. */
export const liveListsEn = {
  sourceColumns: ['Recorder', 'Way', 'User', 'Address', 'Standing', ''],
  streamColumns: ['Recorder', 'State', 'Way', 'Codecs', 'Rate', 'Viewers', 'Trouble'],
  ways: { 'pull-rtsp': 'pulled by RTSP', 'push-rtsp': 'pushes RTSP', 'push-rtmp': 'pushes RTMP' },
  states: {
    recording: 'recording',
    connected: 'connected',
    waiting: 'does not come',
    idle: 'not wanted now',
    failed: 'cannot be written',
  },
  enabled: 'on',
  always: 'always pulled',
  disabled: 'off',
  noSecret: 'no password',
  noSources: 'No recorder is registered to send live.',
  noStreams: 'Nothing comes live, and nothing should.',
  examples: {
    sources: ['docket live sources'],
    streams: ['docket live streams', 'docket live streams --json'],
  },
};

export const liveListsHelpEn = {
  liveSources: 'list which recorders may send live, and how',
  liveStreams: 'list the recorders that send or should send live, as they are now',
};
