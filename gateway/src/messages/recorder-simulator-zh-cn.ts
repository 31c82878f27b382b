import type { recorderSimulatorEn, recorderSimulatorHelpEn } from './recorder-simulator-en.ts';

/** `docket recorder-simulator` 的文字。 */
export const recorderSimulatorZhCN: typeof recorderSimulatorEn = {
  card: (folder, clips) => `存储卡在 ${folder}，共 ${clips} 个文件。`,
  image: (file) => `存储卡映像：${file}`,
  ready: (kind, serialNumber, place) =>
    `模拟的 ${kind} 记录仪 ${serialNumber} 在 ${place} 。按 Ctrl+C 拔出。`,
  unplugged: '已拔出。',
  onePlace: (options) => `请说明它在哪里，用以下之一：${options}。`,
  shortText: ' 1 到 32 个字母、数字或连字符',
};

export const recorderSimulatorHelpZhCN: typeof recorderSimulatorHelpEn = {
  recorderSimulator: '模拟一台记录仪，带视音频和故障，供采集站和大屏的开发者使用',
  recorderSimulatorKinds: {
    volume: '像记录仪一样把文件录到目录或存储卡映像中；也可作为 USB 磁盘',
    smp: '使用 SMP 协议的记录仪，走串口、TCP 或 USB',
    mtp: '使用 MTP 协议的 USB 记录仪',
    scsi: '处于 SCSI 命令模式的 USB 记录仪，给出密码后变为磁盘',
  },
  recorderSimulatorOptions: {
    folder: '它的存储卡：目录中的内容会被显示。默认新建目录并生成文件',
    clips: '先录多少个文件。默认：空目录录 6 个',
    clipBytes: '每个文件的字节数；内容是规律数据，不能播放',
    naming: '命名习惯：dcam、device-officer-time 或 novatek',
    markEvery: '每多少个文件标记一个重点文件；0 表示不标记',
    gbkNames: '每两个文件名中有一个含 GBK 编码的汉字',
    serialNumber: '序列号',
    officer: '设定的人员编号',
    image: '存储卡映像文件（用 mkfs.vfat 和 mtools 制作）',
    pty: '串口：采集站找到它的路径（需要 socat）',
    tcp: '在网络上监听；端口 0 由系统选择',
    usbRedir: '套接字上的 USB 设备（usbredir 协议）：unix:/路径 或 tcp:主机:端口',
    listen: '在该处等待主机连接，而不是去连接等待中的主机（QEMU）',
    clockOffset: '时钟快多少秒',
    clockDrift: '时钟每百万分快多少',
    clockZone: '时钟比 UTC 早多少分钟',
    clockStep: '运行中时钟跳变：3600@20 表示启动 20 秒后向前跳一小时',
    battery: '电量百分比',
    password: '变为磁盘前要求的密码',
    fault: '一种预设行为；可重复使用。写错时会列出全部',
  },
};
