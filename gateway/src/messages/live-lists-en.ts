/** Words of `docket live sources`, `docket live streams` and `docket operations`. */
export const liveListsEn = {
  sourceColumns: ['Recorder', 'Way', 'User', 'Address', 'Standing', ''],
  streamColumns: ['Recorder', 'State', 'Way', 'Codecs', 'Rate', 'Viewers', 'Trouble'],
  operationColumns: ['Opened', 'Closed', 'Title', 'Case', 'Recorders', 'Bookmarks', 'By'],
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
  going: 'goes on',
  noSources: 'No recorder is registered to send live.',
  noStreams: 'Nothing comes live, and nothing should.',
  noOperations: 'No on-site operations.',
  examples: {
    sources: ['docket live sources'],
    streams: ['docket live streams', 'docket live streams --json'],
    operations: ['docket operations --open'],
  },
};

export const liveListsHelpEn = {
  liveSources: 'list which recorders may send live, and how',
  liveStreams: 'list the recorders that send or should send live, as they are now',
  operations: 'list on-site operations, newest first; 200 at most',
  operationsOpen: 'only those that go on',
};
