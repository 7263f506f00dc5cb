<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>%(prog)s: error: %(message)s
</source>
        <translation>%(prog)s：错误：%(message)s
</translation>
    </message>
    <message>
        <source>&apos;{found}&apos; at {place} is half a byte: write two digits</source>
        <translation>第 {place} 个字符“{found}”只有半个字节：请写两位</translation>
    </message>
    <message>
        <source>&apos;{found}&apos; at {place} is not hex</source>
        <translation>第 {place} 个字符“{found}”不是十六进制</translation>
    </message>
    <message>
        <source>&apos;{found}&apos; at {place} is not in {encoding}</source>
        <translation>第 {place} 个字符“{found}”不在 {encoding} 编码中</translation>
    </message>
    <message>
        <source>&apos;{found}&apos; at {place} is one digit too many behind 0x</source>
        <translation>第 {place} 个字符“{found}”多余：0x 后最多两位</translation>
    </message>
    <message>
        <source>&apos;{found}&apos; at {place} means nothing: there are {escapes}</source>
        <translation>第 {place} 个字符处的“{found}”无效，可用的转义符：{escapes}</translation>
    </message>
    <message>
        <source>&apos;{subject}&apos; at {place} does not exist in the encoding {detail}.</source>
        <translation>第 {place} 个字符“{subject}”不在 {detail} 编码中。</translation>
    </message>
    <message>
        <source>&apos;{subject}&apos; at {place} is half a byte: a second digit or ? is missing.</source>
        <translation>第 {place} 个字符“{subject}”只有半个字节：还缺一位数字或 ?。</translation>
    </message>
    <message>
        <source>&apos;{subject}&apos; at {place} is not hex. Type bytes such as 0D ?? 0A.</source>
        <translation>第 {place} 个字符“{subject}”不是十六进制。请输入字节，例如 0D ?? 0A。</translation>
    </message>
    <message>
        <source>&apos;{subject}&apos; at {place} is several bytes, and [ ] stands for one. Write ( | ) instead.</source>
        <translation>第 {place} 个字符“{subject}”占多个字节，而 [ ] 只表示一个字节。请改用 ( | )。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>--capture {path}: the ending chooses the format. Use .pcapng, .csv, .txt or .bin.</source>
        <translation>--capture {path}：格式由扩展名决定。请使用 .pcapng、.csv、.txt 或 .bin。</translation>
    </message>
    <message>
        <source>--capture-keep is for several files. Give --capture-rotate SIZE|TIME, too.</source>
        <translation>--capture-keep 用于多个文件。请同时指定 --capture-rotate SIZE|TIME。</translation>
    </message>
    <message>
        <source>--listen and --connect contradict each other: a bridge waits or dials out. Give one.</source>
        <translation>--listen 与 --connect 相互矛盾：桥接或等待连接，或主动连接。请只指定一个。</translation>
    </message>
    <message>
        <source>--tls-cert and --tls-key go together. Give {missing} FILE, too.</source>
        <translation>--tls-cert 与 --tls-key 须成对使用。请同时指定 {missing} FILE。</translation>
    </message>
    <message>
        <source>--tls-client-ca needs a certificate. Give --tls-cert FILE and --tls-key FILE, too.</source>
        <translation>--tls-client-ca 需要证书。请同时指定 --tls-cert FILE 和 --tls-key FILE。</translation>
    </message>
    <message>
        <source>--{option} needs a capture. Give --capture FILE, too.</source>
        <translation>--{option} 需要抓包文件。请同时指定 --capture FILE。</translation>
    </message>
    <message>
        <source>1-500 (1 where exclusive or replace, else 64)</source>
        <translation>1-500（exclusive 或 replace 时为 1，否则为 64）</translation>
    </message>
    <message>
        <source>?? alone would be found everywhere. Type at least one digit.</source>
        <translation>只有 ?? 会处处匹配。请至少输入一位数字。</translation>
    </message>
    <message>
        <source>A bridge that dials out speaks no TLS here: “{subject}”.</source>
        <translation>主动连接的桥接在此不支持 TLS：“{subject}”。</translation>
    </message>
    <message>
        <source>A running guest takes it without a reboot, in QEMU&apos;s monitor, where serial0 is the first port of a guest started with -serial (`info chardev` shows the names):</source>
        <translation>运行中的虚拟机无需重启，可在 QEMU 监视器中执行；serial0 是以 -serial 启动的虚拟机的第一个串口（`info chardev` 可查看名称）：</translation>
    </message>
    <message>
        <source>Allow it</source>
        <translation>允许它</translation>
    </message>
    <message>
        <source>Another program listens on {subject} already. Choose another port number.</source>
        <translation>{subject} 已被其他程序监听。请换一个端口号。</translation>
    </message>
    <message>
        <source>At {place}: {detail}.</source>
        <translation>第 {place} 个字符处：{detail}。</translation>
    </message>
    <message>
        <source>Baud rate, DTR, RTS and break are set by the bridge&apos;s profile: what the guest sets stays in the guest.</source>
        <translation>波特率、DTR、RTS 和 Break 由桥接的连接配置决定：虚拟机中的设置只在虚拟机内有效。</translation>
    </message>
    <message>
        <source>Break of {seconds} s sent</source>
        <translation>已发送 {seconds} s 的 Break</translation>
    </message>
    <message>
        <source>COM5, /dev/ttyUSB0, any pyserial URL, pty:LINK, sim://talker, sim://echo, or sim://replay?file=FILE with &amp;speed=2 (0: at once), &amp;wait=1 (answers wait for their requests), &amp;from=tx, &amp;loop=1, &amp;start=client</source>
        <translation>COM5、/dev/ttyUSB0、任意 pyserial URL、pty:LINK、sim://talker、sim://echo，或 sim://replay?file=FILE，可加 &amp;speed=2（0：无停顿）、&amp;wait=1（等到请求才应答）、&amp;from=tx、&amp;loop=1、&amp;start=client</translation>
    </message>
    <message>
        <source>Cannot listen on {subject}: {detail}. Choose another address.</source>
        <translation>无法监听 {subject}：{detail}。请换一个地址。</translation>
    </message>
    <message>
        <source>Client #{client} ({address}) is gone: {reason}</source>
        <translation>客户端 #{client} ({address}) 已断开：{reason}</translation>
    </message>
    <message>
        <source>Client #{client} connected from {address}</source>
        <translation>客户端 #{client} 已连接，来自 {address}</translation>
    </message>
    <message>
        <source>Client #{client} does not speak Telnet, and this bridge does: bytes FF will not arrive as they were. Use mode raw.</source>
        <translation>客户端 #{client} 不使用 Telnet，而此桥接使用：字节 FF 无法原样到达。请改用透传模式。</translation>
    </message>
    <message>
        <source>Client #{client} has set {setting} to {value}</source>
        <translation>客户端 #{client} 已将{setting}设为 {value}</translation>
    </message>
    <message>
        <source>Client #{client} is {guest}</source>
        <translation>客户端 #{client}：{guest}</translation>
    </message>
    <message>
        <source>Client #{client} may write now</source>
        <translation>客户端 #{client} 现在可以写入</translation>
    </message>
    <message>
        <source>Client #{client} speaks Telnet, and this bridge is raw: the device gets it. Use mode RFC 2217, or have the client speak raw TCP.</source>
        <translation>客户端 #{client} 使用 Telnet，而此桥接是透传模式：Telnet 命令会发给设备。请改用 RFC 2217 模式，或让客户端使用纯 TCP。</translation>
    </message>
    <message>
        <source>Client {address} was refused: {reason}</source>
        <translation>已拒绝客户端 {address}：{reason}</translation>
    </message>
    <message>
        <source>Clients must show a certificate there. Choose the authority&apos;s file under TLS, or anyone may connect.</source>
        <translation>原配置要求客户端出示证书。请在 TLS 中选择 CA 文件，否则任何人都可连接。</translation>
    </message>
    <message>
        <source>Connecting to {host} port {port}</source>
        <translation>正在连接 {host} 端口 {port}</translation>
    </message>
    <message>
        <source>DSR/DTR</source>
        <translation>硬件流控 (DSR/DTR)</translation>
    </message>
    <message>
        <source>DTR once the port is open (on)</source>
        <translation>打开串口后 DTR 的状态 (on)</translation>
    </message>
    <message>
        <source>File {name} not sent as a whole ({count} of {size} B): {reason}</source>
        <translation>文件 {name} 未完整发送（{count} / {size} B）：{reason}</translation>
    </message>
    <message>
        <source>File {name} sent ({count} B)</source>
        <translation>文件 {name} 已发送（{count} B）</translation>
    </message>
    <message>
        <source>For ESXi: switch on the host&apos;s firewall rule &quot;VM serial port connected over network&quot;. Workstation and Fusion have named pipes only.</source>
        <translation>用于 ESXi：请启用主机防火墙规则“VM serial port connected over network”。Workstation 和 Fusion 只支持命名管道。</translation>
    </message>
    <message>
        <source>For Workstation. ESXi knows only its own serial ports: choose one in the guest&apos;s settings there.</source>
        <translation>用于 Workstation。ESXi 只支持其自身的串口：请在虚拟机设置中选择。</translation>
    </message>
    <message>
        <source>For {name} {version}, as it is installed here.</source>
        <translation>用于本机安装的 {name} {version}。</translation>
    </message>
    <message>
        <source>From here on the file cannot be read: “{subject}”.</source>
        <translation>文件从此处起无法读取：“{subject}”。</translation>
    </message>
    <message>
        <source>Give --register to let Wireshark list the running bridges; the rest is for Wireshark.</source>
        <translation>用 --register 可让 Wireshark 列出运行中的桥接；其余选项供 Wireshark 使用。</translation>
    </message>
    <message>
        <source>Give a DEVICE or --profile NAME, one of them. `serialbridge run --help` shows more.</source>
        <translation>请指定 DEVICE 或 --profile NAME 其中之一。`serialbridge run --help` 可查看详情。</translation>
    </message>
    <message>
        <source>HOST:PORT is missing</source>
        <translation>缺少 HOST:PORT</translation>
    </message>
    <message>
        <source>It is switched off in the file. Here nothing starts before you start it.</source>
        <translation>该项在文件中已停用。在您启动之前，不会启动任何桥接。</translation>
    </message>
    <message>
        <source>It listens on {subject}: once started, other machines can reach the device.</source>
        <translation>它监听 {subject}：启动后其他计算机可以访问设备。</translation>
    </message>
    <message>
        <source>It was set aside as {file}; the others are loaded.</source>
        <translation>该文件已另存为 {file}；其他配置已加载。</translation>
    </message>
    <message>
        <source>Leave it out, or give --listen HOST:PORT</source>
        <translation>请去掉它，或指定 --listen HOST:PORT</translation>
    </message>
    <message>
        <source>Leave out one of them</source>
        <translation>请去掉其中一个</translation>
    </message>
    <message>
        <source>Line {line}: {sentence}</source>
        <translation>第 {line} 行：{sentence}</translation>
    </message>
    <message>
        <source>Listen on the network</source>
        <translation>允许局域网访问</translation>
    </message>
    <message>
        <source>Listening on {host} port {port}</source>
        <translation>正在监听 {host} 端口 {port}</translation>
    </message>
    <message>
        <source>More than one profile is named {subject}. Use its id: {detail}.</source>
        <translation>有多个名为 {subject} 的连接配置。请使用其 ID：{detail}。</translation>
    </message>
    <message>
        <source>No bridge was found in {subject}. {detail}.</source>
        <translation>在 {subject} 中未找到桥接。{detail}。</translation>
    </message>
    <message>
        <source>No checksum</source>
        <translation>无校验</translation>
    </message>
    <message>
        <source>No connection between a serial port and TCP: “{subject}”.</source>
        <translation>不是串口与 TCP 之间的连接：“{subject}”。</translation>
    </message>
    <message>
        <source>No line ending</source>
        <translation>无行尾</translation>
    </message>
    <message>
        <source>Not an expression: {detail}.</source>
        <translation>不是有效的正则表达式：{detail}。</translation>
    </message>
    <message>
        <source>Not sent to all clients ({count} B): none is connected</source>
        <translation>未能发送给所有客户端（{count} B）：没有客户端连接</translation>
    </message>
    <message>
        <source>Not sent to client #{client} ({count} B): it is not connected</source>
        <translation>未能发送给客户端 #{client}（{count} B）：该客户端未连接</translation>
    </message>
    <message>
        <source>Nothing in the file connects a serial port with TCP.</source>
        <translation>文件中没有连接串口与 TCP 的内容。</translation>
    </message>
    <message>
        <source>Nothing in {subject} went that way. Play what was sent to the device (from=tx), or choose another file.</source>
        <translation>{subject} 中没有这个方向的数据。请回放发往设备的数据 (from=tx)，或选择其他文件。</translation>
    </message>
    <message>
        <source>Of the addresses “{subject}” only the first is taken.</source>
        <translation>地址“{subject}”中只采用第一个。</translation>
    </message>
    <message>
        <source>Only listed addresses may connect. See that the hypervisor&apos;s is among them.</source>
        <translation>仅列表中的地址可连接。请确认其中包含虚拟机软件的地址。</translation>
    </message>
    <message>
        <source>Only root may open {subject}. Run `sudo chown $USER {subject}`, which holds until it is unplugged; a udev rule would do it each time.</source>
        <translation>只有 root 可以打开 {subject}。请运行 `sudo chown $USER {subject}`，拔出前一直有效；用 udev 规则可每次自动设置。</translation>
    </message>
    <message>
        <source>Others can connect beside the guest. Passthrough means one owner: set the clients to exclusive.</source>
        <translation>除虚拟机外还有其他程序可以连接。直通要求独占：请将客户端设为独占。</translation>
    </message>
    <message>
        <source>Put it among the &lt;devices&gt; of the guest (`virsh edit NAME`), then shut the guest down and start it: a reboot from inside is not enough.</source>
        <translation>请放入虚拟机的 &lt;devices&gt; 中（`virsh edit NAME`），然后关闭并启动虚拟机：在虚拟机内重启是不够的。</translation>
    </message>
    <message>
        <source>Put it into the guest&apos;s .vmx file while the guest is switched off.</source>
        <translation>请在虚拟机关机时放入其 .vmx 文件。</translation>
    </message>
    <message>
        <source>Put it into the guest&apos;s xl file, in place of a line that begins alike; HVM guests only. Then `xl destroy` and `xl create`.</source>
        <translation>请放入虚拟机的 xl 文件，替换开头相同的行；仅限 HVM 虚拟机。然后运行 `xl destroy` 和 `xl create`。</translation>
    </message>
    <message>
        <source>Puts a serial port on TCP, byte for byte.</source>
        <translation>把串口逐字节透传到 TCP。</translation>
    </message>
    <message>
        <source>QEMU&apos;s version is not known here. This suits QEMU 2.2 to 10.1; for 10.2 and newer write reconnect-ms=1000 in place of reconnect=1.</source>
        <translation>无法得知 QEMU 的版本。此配置适用于 QEMU 2.2 到 10.1；10.2 及更新版本请将 reconnect=1 改为 reconnect-ms=1000。</translation>
    </message>
    <message>
        <source>RFC 2217</source>
        <translation>RFC 2217</translation>
    </message>
    <message>
        <source>RTS once the port is open (on)</source>
        <translation>打开串口后 RTS 的状态 (on)</translation>
    </message>
    <message>
        <source>RTS/CTS</source>
        <translation>硬件流控 (RTS/CTS)</translation>
    </message>
    <message>
        <source>Raw TCP</source>
        <translation>TCP 透传</translation>
    </message>
    <message>
        <source>Recording to {file} has ended, the file was removed. Choose another place.</source>
        <translation>录制到 {file} 已结束：文件被删除。请选择其他位置。</translation>
    </message>
    <message>
        <source>Recording to {file} has ended: {detail}. Choose another place.</source>
        <translation>录制到 {file} 已结束：{detail}。请选择其他位置。</translation>
    </message>
    <message>
        <source>Recording to {file} has ended: {detail}. What fitted can be read. Make room.</source>
        <translation>录制到 {file} 已结束：{detail}。已写入的部分可以读取。请腾出空间。</translation>
    </message>
    <message>
        <source>Removed {launchers}.</source>
        <translation>已删除 {launchers}。</translation>
    </message>
    <message>
        <source>Run it while the guest is switched off.</source>
        <translation>请在虚拟机关机时运行。</translation>
    </message>
    <message>
        <source>Set exclusive</source>
        <translation>设为独占</translation>
    </message>
    <message>
        <source>Set raw</source>
        <translation>设为透传</translation>
    </message>
    <message>
        <source>Several clients share the device; each gets every byte: socat divides them.</source>
        <translation>多个客户端共用设备，每个都收到全部字节；socat 则是分给各客户端。</translation>
    </message>
    <message>
        <source>Standard output</source>
        <translation>标准输出</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Sum, 1 byte</source>
        <translation>累加和，1 字节</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>Take the card from the host first: `sudo driverctl set-override {value} vfio-pci` (package driverctl)</source>
        <translation>请先将该卡从宿主机移出：`sudo driverctl set-override {value} vfio-pci`（软件包 driverctl）</translation>
    </message>
    <message>
        <source>Take the card from the host first: `sudo xl pci-assignable-add {value}`</source>
        <translation>请先将该卡从宿主机移出：`sudo xl pci-assignable-add {value}`</translation>
    </message>
    <message>
        <source>Telnet comes with RFC 2217 here: a client may also set the baud rate and the lines.</source>
        <translation>此处的 Telnet 包含 RFC 2217：客户端还可设置波特率和信号线。</translation>
    </message>
    <message>
        <source>The &amp;adapter itself</source>
        <translation>适配器直通(&amp;A)</translation>
    </message>
    <message>
        <source>The PCI card {subject} cannot be passed: this machine&apos;s IOMMU is off or missing. Switch on VT-d (Intel) or AMD-Vi in the firmware, for Intel boot with intel_iommu=on, then look again.</source>
        <translation>无法直通 PCI 卡 {subject}：本机的 IOMMU 未启用或不存在。请在固件中启用 VT-d (Intel) 或 AMD-Vi，Intel 还须以 intel_iommu=on 启动，然后重试。</translation>
    </message>
    <message>
        <source>The bridge at this address, which is as the hypervisor sees it, has to run, in raw mode, for one client (exclusive), without TLS.</source>
        <translation>此地址（从虚拟机软件的角度）上的桥接必须处于运行状态，使用透传模式，只允许一个客户端（独占），且不使用 TLS。</translation>
    </message>
    <message>
        <source>The bridge connects out to {subject} and has no address for a guest. Let it wait for clients.</source>
        <translation>桥接主动连接 {subject}，没有可供虚拟机连接的地址。请改为等待客户端。</translation>
    </message>
    <message>
        <source>The bridge has {subject} open, and a port has one owner. Stop the bridge.</source>
        <translation>桥接已打开 {subject}，而串口只能有一个使用者。请停止桥接。</translation>
    </message>
    <message>
        <source>The bridge is not announced on the network ({detail}); it can be reached all the same</source>
        <translation>未能在网络上广播此桥接（{detail}）；仍可正常连接</translation>
    </message>
    <message>
        <source>The bridge is not running. Start it first: where nobody listens the guest does not start.</source>
        <translation>桥接未运行。请先启动它：没有监听时虚拟机无法启动。</translation>
    </message>
    <message>
        <source>The bridge is not running. Start it: the guest&apos;s port is dead until then.</source>
        <translation>桥接未运行。请启动它：在此之前虚拟机的串口不可用。</translation>
    </message>
    <message>
        <source>The bridge of {name} connects out to {address} and has no address for a guest. Let it listen instead.</source>
        <translation>{name} 的桥接主动连接 {address}，没有供虚拟机连接的地址。请改为监听。</translation>
    </message>
    <message>
        <source>The bridge speaks RFC 2217 (Telnet), which no hypervisor understands. Set its mode to raw.</source>
        <translation>桥接使用 RFC 2217 (Telnet)，虚拟机软件不支持。请将模式设为透传。</translation>
    </message>
    <message>
        <source>The bridge takes another port number at each start. Give it one, so that the guest finds it.</source>
        <translation>桥接每次启动使用不同的端口号。请指定一个，以便虚拟机能找到它。</translation>
    </message>
    <message>
        <source>The bridge wants TLS, which the guest&apos;s port does not speak. Turn it off, or lead it through a tunnel such as ssh.</source>
        <translation>桥接要求 TLS，而虚拟机的串口不支持。请关闭 TLS，或通过 ssh 等隧道连接。</translation>
    </message>
    <message>
        <source>The bridge {interface} does not run. Start it, then refresh Wireshark&apos;s interfaces.</source>
        <translation>桥接 {interface} 未运行。请启动它，然后在 Wireshark 中刷新接口。</translation>
    </message>
    <message>
        <source>The capture {subject} cannot be read: {detail}. Choose another file.</source>
        <translation>无法读取抓包文件 {subject}：{detail}。请选择其他文件。</translation>
    </message>
    <message>
        <source>The capture {subject} is broken: {detail}. Choose another file.</source>
        <translation>抓包文件 {subject} 已损坏：{detail}。请选择其他文件。</translation>
    </message>
    <message>
        <source>The certificate files before stay in force</source>
        <translation>仍使用之前的证书文件</translation>
    </message>
    <message>
        <source>The device has another name now: {device}, no longer {was}</source>
        <translation>设备名称已变：现在是 {device}，不再是 {was}</translation>
    </message>
    <message>
        <source>The device number is another one after each plugging in: make this anew then.</source>
        <translation>设备编号在每次插入后都会变化：届时请重新生成。</translation>
    </message>
    <message>
        <source>The device refuses {subject} baud. Try {hint}.</source>
        <translation>设备不支持波特率 {subject}。请尝试 {hint}。</translation>
    </message>
    <message>
        <source>The file says no baud rate: {subject} is assumed.</source>
        <translation>文件未指定波特率：按 {subject} 处理。</translation>
    </message>
    <message>
        <source>The guest needs a USB controller, and on Linux your account the group vboxusers: `sudo usermod -aG vboxusers $USER`, then log out and in.</source>
        <translation>虚拟机需要 USB 控制器；在 Linux 上，您的账户还须加入 vboxusers 组：`sudo usermod -aG vboxusers $USER`，然后注销并重新登录。</translation>
    </message>
    <message>
        <source>The guest sees a COM port with the lowest delay; baud rate and lines reach the device. On the same machine only; no log, and nobody else can use it.</source>
        <translation>虚拟机看到延迟最低的 COM 口；波特率和信号线直达设备。仅限同一台计算机；没有日志，其他程序也不能使用。</translation>
    </message>
    <message>
        <source>The guest sees a COM port. From any machine, with log and recording; held while the device is unplugged, and handed over by a click. Baud rate and lines stay with the profile.</source>
        <translation>虚拟机看到一个 COM 口。可从任何计算机使用，有日志和录制；设备拔出期间保持连接，可一键移交。波特率和信号线由连接配置决定。</translation>
    </message>
    <message>
        <source>The guest sees the real adapter and runs its own driver, exactly as if it were plugged in there. On the same machine only; it is gone from the host.</source>
        <translation>虚拟机看到真实的适配器并使用自己的驱动，就像直接插在其中。仅限同一台计算机；宿主机上将不再可用。</translation>
    </message>
    <message>
        <source>The guest&apos;s port does not connect again by itself: start the bridge before the guest, and restart the guest if the link was lost.</source>
        <translation>虚拟机的串口不会自动重连：请先启动桥接再启动虚拟机；连接断开后请重启虚拟机。</translation>
    </message>
    <message>
        <source>The highlight rules cannot be read ({detail}). Their file is kept.</source>
        <translation>无法读取高亮规则（{detail}）。原文件已保留。</translation>
    </message>
    <message>
        <source>The highlight rules could not be saved: {detail}. They hold until the program ends.</source>
        <translation>无法保存高亮规则：{detail}。规则在程序退出前有效。</translation>
    </message>
    <message>
        <source>The host&apos;s &amp;port directly</source>
        <translation>直接使用宿主机串口(&amp;P)</translation>
    </message>
    <message>
        <source>The link {subject} cannot be made: {detail}. Choose a folder that you may write to.</source>
        <translation>无法创建链接 {subject}：{detail}。请选择有写入权限的文件夹。</translation>
    </message>
    <message>
        <source>The list of allowed addresses leaves {subject} out. Add the hypervisor to it.</source>
        <translation>允许的地址中没有 {subject}。请加入虚拟机软件的地址。</translation>
    </message>
    <message>
        <source>The listen address {subject} is not known here. Use an IP address.</source>
        <translation>无法识别监听地址 {subject}。请使用 IP 地址。</translation>
    </message>
    <message>
        <source>The private key {subject} has a password. Save it without: `openssl pkey -in KEY -out NEW_KEY`.</source>
        <translation>私钥 {subject} 设有密码。请另存为无密码的私钥：`openssl pkey -in KEY -out NEW_KEY`。</translation>
    </message>
    <message>
        <source>The profile {name} listens on any free port, another one at each start. Give it a port number.</source>
        <translation>连接配置 {name} 监听任意空闲端口，每次启动都不同。请指定端口号。</translation>
    </message>
    <message>
        <source>The profile {subject} cannot be read: {detail}. Choose a file that your account may read.</source>
        <translation>无法读取连接配置 {subject}：{detail}。请选择有读取权限的文件。</translation>
    </message>
    <message>
        <source>The profile {subject} cannot be written: {detail}. Make room, or choose a folder that you may write to.</source>
        <translation>无法写入连接配置 {subject}：{detail}。请腾出磁盘空间，或选择有写入权限的文件夹。</translation>
    </message>
    <message>
        <source>The profile {subject} is broken ({detail}).</source>
        <translation>连接配置 {subject} 已损坏（{detail}）。</translation>
    </message>
    <message>
        <source>The profile {subject} is broken ({detail}). Choose another file, or export it again.</source>
        <translation>连接配置 {subject} 已损坏（{detail}）。请选择其他文件，或重新导出。</translation>
    </message>
    <message>
        <source>The profile {subject} was made by a newer version of SerialBridge. Update to use it.</source>
        <translation>连接配置 {subject} 由更新版本的 SerialBridge 创建。请更新程序后使用。</translation>
    </message>
    <message>
        <source>The repeats in this expression are too many. Use smaller counts.</source>
        <translation>表达式的重复次数过多。请减小次数。</translation>
    </message>
    <message>
        <source>The system keeps {subject} for itself. Choose a port number of 1024 or above.</source>
        <translation>系统保留了 {subject}。请使用 1024 或以上的端口号。</translation>
    </message>
    <message>
        <source>The traffic of {name} does not come: {why}.</source>
        <translation>收不到 {name} 的数据：{why}。</translation>
    </message>
    <message>
        <source>The window of SerialBridge.</source>
        <translation>SerialBridge 的窗口程序。</translation>
    </message>
    <message>
        <source>There are no capture filters for serial lines. Use a display filter.</source>
        <translation>串口没有捕获过滤器。请使用显示过滤器。</translation>
    </message>
    <message>
        <source>There is more in the file than is read.</source>
        <translation>文件内容过多，其余部分未读取。</translation>
    </message>
    <message>
        <source>There is no profile named {subject}. `serialbridge profiles list` shows all.</source>
        <translation>没有名为 {subject} 的连接配置。`serialbridge profiles list` 可列出全部配置。</translation>
    </message>
    <message>
        <source>There is no serial port {subject}. Plug in the adapter, or choose another port.</source>
        <translation>没有串口 {subject}。请插入适配器，或选择其他串口。</translation>
    </message>
    <message>
        <source>There is nothing to send</source>
        <translation>没有可发送的内容</translation>
    </message>
    <message>
        <source>These are in the same IOMMU group and leave the host together with it: {value}. See that the host can do without them.</source>
        <translation>以下设备属于同一 IOMMU 组，会一同从宿主机移出：{value}。请确认宿主机不需要它们。</translation>
    </message>
    <message>
        <source>This Wireshark looks in no folder of yours: run this as who may write to {folder}</source>
        <translation>此 Wireshark 不读取您的个人文件夹：请以可写入 {folder} 的用户运行</translation>
    </message>
    <message>
        <source>This expression takes too long. Avoid a repeat inside a repeat, such as (a+)+.</source>
        <translation>此表达式耗时过长。请避免嵌套重复，例如 (a+)+。</translation>
    </message>
    <message>
        <source>This is too long: {limit} characters at most.</source>
        <translation>内容过长：最多 {limit} 个字符。</translation>
    </message>
    <message>
        <source>This matches no bytes at all, so it would be found everywhere.</source>
        <translation>此表达式可匹配空内容，会处处匹配。</translation>
    </message>
    <message>
        <source>Through the &amp;bridge</source>
        <translation>通过桥接(&amp;B)</translation>
    </message>
    <message>
        <source>Turn TLS off</source>
        <translation>关闭 TLS</translation>
    </message>
    <message>
        <source>Two adapters of this kind are plugged in, and VMware takes the one it meets first. Unplug the other one.</source>
        <translation>插有两个同类适配器，VMware 会使用先遇到的一个。请拔出另一个。</translation>
    </message>
    <message>
        <source>Two adapters {subject} are plugged in and cannot be told apart. Unplug the other one, or use the bridge.</source>
        <translation>插有两个适配器 {subject}，无法区分。请拔出另一个，或使用桥接。</translation>
    </message>
    <message>
        <source>VMware passes PCI cards by the host&apos;s own pages: switch on passthrough for {subject} there (ESXi: Host, Manage, Hardware), then add it to the guest.</source>
        <translation>VMware 通过主机管理页面直通 PCI 卡：请在其中为 {subject} 启用直通（ESXi：Host、Manage、Hardware），然后添加到虚拟机。</translation>
    </message>
    <message>
        <source>Version {subject} has no serial ports over TCP. Update it to {hint}, or use the host&apos;s port directly.</source>
        <translation>版本 {subject} 不支持 TCP 串口。请升级到 {hint}，或直接使用宿主机串口。</translation>
    </message>
    <message>
        <source>Wait for clients</source>
        <translation>等待客户端</translation>
    </message>
    <message>
        <source>Wireshark had no launcher of ours: nothing was removed.</source>
        <translation>Wireshark 中没有本程序的启动脚本：未删除任何文件。</translation>
    </message>
    <message>
        <source>Wireshark itself was not found here.</source>
        <translation>本机未找到 Wireshark。</translation>
    </message>
    <message>
        <source>Wireshark lists the running bridges from its next start on: {launcher} was written.</source>
        <translation>已写入 {launcher}：Wireshark 下次启动后会列出运行中的桥接。</translation>
    </message>
    <message>
        <source>Wireshark&apos;s own questions</source>
        <translation>供 Wireshark 使用</translation>
    </message>
    <message>
        <source>Write the guest&apos;s name in place of VM.</source>
        <translation>请将 VM 替换为虚拟机名称。</translation>
    </message>
    <message>
        <source>XON/XOFF</source>
        <translation>软件流控 (XON/XOFF)</translation>
    </message>
    <message>
        <source>XOR, 1 byte</source>
        <translation>异或 (XOR)，1 字节</translation>
    </message>
    <message>
        <source>Your account may not open {subject}. Run `sudo usermod -aG {hint} $USER`, then log out and in.</source>
        <translation>当前账户无权打开 {subject}。请运行 `sudo usermod -aG {hint} $USER`，然后注销并重新登录。</translation>
    </message>
    <message>
        <source>a JSON list of objects</source>
        <translation>以 JSON 列表输出</translation>
    </message>
    <message>
        <source>a block of {length} bytes</source>
        <translation>块长度为 {length} 字节</translation>
    </message>
    <message>
        <source>a block whose two lengths differ</source>
        <translation>块的首尾长度不一致</translation>
    </message>
    <message>
        <source>a bridge that dials out speaks no TLS</source>
        <translation>主动连接的桥接不支持 TLS</translation>
    </message>
    <message>
        <source>a byte that is not hex</source>
        <translation>字节不是十六进制</translation>
    </message>
    <message>
        <source>a certificate needs a name</source>
        <translation>证书需要名称</translation>
    </message>
    <message>
        <source>a client connected, and its session began anew</source>
        <translation>有客户端连接，会话重新开始</translation>
    </message>
    <message>
        <source>a client had what waits for the device thrown away</source>
        <translation>有客户端清除了待发往设备的数据</translation>
    </message>
    <message>
        <source>a direction that is none</source>
        <translation>方向无效</translation>
    </message>
    <message>
        <source>a file is shown and never started; leave out the other options, or the file</source>
        <translation>文件只会显示，不会启动；请去掉其他选项或该文件</translation>
    </message>
    <message>
        <source>a guest of {hypervisor}</source>
        <translation>{hypervisor} 的虚拟机</translation>
    </message>
    <message>
        <source>a length that is not that of its bytes</source>
        <translation>长度与字节数不符</translation>
    </message>
    <message>
        <source>a line without an end</source>
        <translation>行不完整</translation>
    </message>
    <message>
        <source>a new file, NAME-0001 and so on, after so much (10M: K, M, G) or so long (1h: s, m, h, d)</source>
        <translation>达到此大小（10M：K、M、G）或时长（1h：s、m、h、d）后换新文件 NAME-0001 等</translation>
    </message>
    <message>
        <source>a packet of interface {number}, which is not there</source>
        <translation>数据包引用了不存在的接口 {number}</translation>
    </message>
    <message>
        <source>a packet of {size} bytes</source>
        <translation>数据包长度为 {size} 字节</translation>
    </message>
    <message>
        <source>a packet of {size} bytes in a block of {length}</source>
        <translation>{length} 字节的块中含 {size} 字节的数据包</translation>
    </message>
    <message>
        <source>a packet without a head</source>
        <translation>数据包缺少包头</translation>
    </message>
    <message>
        <source>a saved profile, or where a bridge listens</source>
        <translation>已保存的连接配置，或桥接的监听地址</translation>
    </message>
    <message>
        <source>a saved profile; options given beside it override it</source>
        <translation>已保存的连接配置；同时指定的选项优先</translation>
    </message>
    <message>
        <source>a section head of {size} bytes</source>
        <translation>段头长度为 {size} 字节</translation>
    </message>
    <message>
        <source>a time that is none</source>
        <translation>时间无效</translation>
    </message>
    <message>
        <source>add a profile from a file, or what a file of ser2net or socat has</source>
        <translation>从文件导入连接配置，也支持 ser2net 或 socat 的文件</translation>
    </message>
    <message>
        <source>an exported profile to show, in the window that is open if one is; it is not started</source>
        <translation>要显示的已导出连接配置，在已打开的窗口中显示；不会启动</translation>
    </message>
    <message>
        <source>an interface without a link type</source>
        <translation>接口缺少链路类型</translation>
    </message>
    <message>
        <source>announce the bridge on the network by mDNS (off)</source>
        <translation>通过 mDNS 在网络上广播此桥接 (off)</translation>
    </message>
    <message>
        <source>another client is connected</source>
        <translation>已有其他客户端连接</translation>
    </message>
    <message>
        <source>argument %(argument_name)s: %(message)s</source>
        <translation>参数 %(argument_name)s：%(message)s</translation>
    </message>
    <message>
        <source>at least {count} bytes are not shown here; they were forwarded all the same</source>
        <translation>至少 {count} 字节未在此显示；数据已正常转发</translation>
    </message>
    <message>
        <source>bad character range </source>
        <translation>无效的字符范围 </translation>
    </message>
    <message>
        <source>bad escape </source>
        <translation>无效的转义符 </translation>
    </message>
    <message>
        <source>bad escape (end of pattern)</source>
        <translation>表达式末尾的转义符不完整</translation>
    </message>
    <message>
        <source>baud rate</source>
        <translation>波特率</translation>
    </message>
    <message>
        <source>baud rate (115200)</source>
        <translation>波特率 (115200)</translation>
    </message>
    <message>
        <source>bridge a serial port until stopped</source>
        <translation>桥接一个串口，直到停止</translation>
    </message>
    <message>
        <source>bring its traffic</source>
        <translation>获取其数据</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>choose this profile</source>
        <translation>选中此连接配置</translation>
    </message>
    <message>
        <source>clients must show a certificate signed by it, PEM</source>
        <translation>客户端必须出示由它签发的证书，PEM</translation>
    </message>
    <message>
        <source>closed by the client</source>
        <translation>客户端主动关闭</translation>
    </message>
    <message>
        <source>connects to {address}</source>
        <translation>连接到 {address}</translation>
    </message>
    <message>
        <source>data bits</source>
        <translation>数据位</translation>
    </message>
    <message>
        <source>data bits, parity, stop bits (8N1)</source>
        <translation>数据位、校验位、停止位 (8N1)</translation>
    </message>
    <message>
        <source>dial out instead of listening, and redial when it drops</source>
        <translation>主动连接而不监听，断线后自动重连</translation>
    </message>
    <message>
        <source>disconnect a client after S silent seconds; 0 = never (0)</source>
        <translation>静默 S 秒后断开客户端；0 = 从不 (0)</translation>
    </message>
    <message>
        <source>disconnected here</source>
        <translation>在本机断开</translation>
    </message>
    <message>
        <source>expected %s arguments</source>
        <translation>需要 %s 个参数值</translation>
    </message>
    <message>
        <source>expected at least one argument</source>
        <translation>至少需要一个参数值</translation>
    </message>
    <message>
        <source>expected at most one argument</source>
        <translation>最多一个参数值</translation>
    </message>
    <message>
        <source>expected one argument</source>
        <translation>需要一个参数值</translation>
    </message>
    <message>
        <source>file=PATH is missing</source>
        <translation>缺少 file=PATH</translation>
    </message>
    <message>
        <source>flow control</source>
        <translation>流控</translation>
    </message>
    <message>
        <source>flow control (none)</source>
        <translation>流控 (none)</translation>
    </message>
    <message>
        <source>from is rx (what the device sent) or tx (what it was sent)</source>
        <translation>from 只能是 rx（设备发出的）或 tx（发给设备的）</translation>
    </message>
    <message>
        <source>give the path of a link, as in {example}</source>
        <translation>请给出链接的路径，例如 {example}</translation>
    </message>
    <message>
        <source>guest &quot;{name}&quot; ({hypervisor})</source>
        <translation>虚拟机“{name}”({hypervisor})</translation>
    </message>
    <message>
        <source>hold the device back, or disconnect the client</source>
        <translation>让设备等待，或断开该客户端</translation>
    </message>
    <message>
        <source>idle for at most {seconds} s</source>
        <translation>空闲最多 {seconds} s</translation>
    </message>
    <message>
        <source>idle too long</source>
        <translation>空闲超时</translation>
    </message>
    <message>
        <source>ignored explicit argument %r</source>
        <translation>多余的参数值 %r</translation>
    </message>
    <message>
        <source>in USB socket {found}, expected in {expected}</source>
        <translation>位于 USB 接口 {found}，应为 {expected}</translation>
    </message>
    <message>
        <source>incomplete escape </source>
        <translation>不完整的转义符 </translation>
    </message>
    <message>
        <source>interface {found}, expected {expected}</source>
        <translation>接口号 {found}，应为 {expected}</translation>
    </message>
    <message>
        <source>invalid %(type)s value: %(value)r</source>
        <translation>无效的 %(type)s 值：%(value)r</translation>
    </message>
    <message>
        <source>invalid choice: %(value)r (choose from %(choices)s)</source>
        <translation>无效的选项值：%(value)r（可选：%(choices)s）</translation>
    </message>
    <message>
        <source>it cannot be read ({detail})</source>
        <translation>无法读取（{detail}）</translation>
    </message>
    <message>
        <source>it does not say which</source>
        <translation>未提供身份信息</translation>
    </message>
    <message>
        <source>it holds the profile {id}</source>
        <translation>其中是连接配置 {id}</translation>
    </message>
    <message>
        <source>it is being written already</source>
        <translation>文件正在被写入</translation>
    </message>
    <message>
        <source>it is no file</source>
        <translation>不是文件</translation>
    </message>
    <message>
        <source>it is no pipe</source>
        <translation>不是管道</translation>
    </message>
    <message>
        <source>it is not a file</source>
        <translation>不是文件</translation>
    </message>
    <message>
        <source>it is not on the list of allowed addresses</source>
        <translation>不在允许的地址列表中</translation>
    </message>
    <message>
        <source>it sent an HTTP request, as a web page would</source>
        <translation>发送了 HTTP 请求，像是来自网页</translation>
    </message>
    <message>
        <source>its link type</source>
        <translation>其链路类型</translation>
    </message>
    <message>
        <source>its options: there are none</source>
        <translation>其选项：无</translation>
    </message>
    <message>
        <source>its version, such as 9.2 (the one installed here)</source>
        <translation>其版本，例如 9.2（默认：本机安装的版本）</translation>
    </message>
    <message>
        <source>let Wireshark list the running bridges</source>
        <translation>让 Wireshark 列出运行中的桥接</translation>
    </message>
    <message>
        <source>let Wireshark list the running bridges: extcap --register</source>
        <translation>让 Wireshark 列出运行中的桥接：extcap --register</translation>
    </message>
    <message>
        <source>list the serial ports</source>
        <translation>列出串口</translation>
    </message>
    <message>
        <source>list, show, export, import, delete profiles</source>
        <translation>列出、显示、导出、导入、删除连接配置</translation>
    </message>
    <message>
        <source>listens on {address}</source>
        <translation>监听 {address}</translation>
    </message>
    <message>
        <source>look-behind requires fixed-width pattern</source>
        <translation>向后断言须为固定长度</translation>
    </message>
    <message>
        <source>min repeat greater than max repeat</source>
        <translation>最小重复次数大于最大重复次数</translation>
    </message>
    <message>
        <source>missing ), unterminated comment</source>
        <translation>缺少 )，注释未结束</translation>
    </message>
    <message>
        <source>missing ), unterminated subpattern</source>
        <translation>缺少 )，分组未结束</translation>
    </message>
    <message>
        <source>missing group name</source>
        <translation>缺少分组名称</translation>
    </message>
    <message>
        <source>multiple repeat</source>
        <translation>重复符号连用</translation>
    </message>
    <message>
        <source>must be 1, 1.5 or 2</source>
        <translation>必须是 1、1.5 或 2</translation>
    </message>
    <message>
        <source>must be 32 hexadecimal digits</source>
        <translation>必须是 32 位十六进制数字</translation>
    </message>
    <message>
        <source>must be a number from {least:g} to {most:g}</source>
        <translation>必须是 {least:g} 到 {most:g} 之间的数</translation>
    </message>
    <message>
        <source>must be a whole number from {least} to {most}</source>
        <translation>必须是 {least} 到 {most} 之间的整数</translation>
    </message>
    <message>
        <source>must be at most {count} networks</source>
        <translation>最多 {count} 个网段</translation>
    </message>
    <message>
        <source>must be one of {words}</source>
        <translation>必须是以下之一：{words}</translation>
    </message>
    <message>
        <source>must be text of 1 to {longest} characters</source>
        <translation>必须是 1 到 {longest} 个字符的文本</translation>
    </message>
    <message>
        <source>must be true or false</source>
        <translation>必须是 true 或 false</translation>
    </message>
    <message>
        <source>must not contain control characters</source>
        <translation>不能包含控制字符</translation>
    </message>
    <message>
        <source>names of all profiles</source>
        <translation>列出所有连接配置的名称</translation>
    </message>
    <message>
        <source>no answer from {uri} within {seconds:.0f} s</source>
        <translation>{uri} 在 {seconds:.0f} s 内没有应答</translation>
    </message>
    <message>
        <source>no certificate found</source>
        <translation>未找到证书</translation>
    </message>
    <message>
        <source>no file has such a name</source>
        <translation>文件名无效</translation>
    </message>
    <message>
        <source>no format_version</source>
        <translation>缺少 format_version</translation>
    </message>
    <message>
        <source>no place is free</source>
        <translation>连接数已满</translation>
    </message>
    <message>
        <source>no serial port is present. Plug in the adapter.</source>
        <translation>没有串口。请插入适配器。</translation>
    </message>
    <message>
        <source>no such field: {unknown}</source>
        <translation>没有此字段：{unknown}</translation>
    </message>
    <message>
        <source>nobody else may connect; repeatable (anyone who reaches the address)</source>
        <translation>只允许它连接；可重复指定（默认：能访问该地址的任何人）</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>not a JSON object</source>
        <translation>不是 JSON 对象</translation>
    </message>
    <message>
        <source>not a regular file</source>
        <translation>不是普通文件</translation>
    </message>
    <message>
        <source>not allowed with argument %s</source>
        <translation>不能与参数 %s 同时使用</translation>
    </message>
    <message>
        <source>nothing to repeat</source>
        <translation>没有可重复的内容</translation>
    </message>
    <message>
        <source>of these files the newest N stay (all)</source>
        <translation>只保留最新的 N 个文件（默认：全部）</translation>
    </message>
    <message>
        <source>one JSON object a line on standard output</source>
        <translation>标准输出每行一个 JSON 对象</translation>
    </message>
    <message>
        <source>one client</source>
        <translation>一个客户端</translation>
    </message>
    <message>
        <source>one client, a new one takes over</source>
        <translation>一个客户端，新连接取代旧连接</translation>
    </message>
    <message>
        <source>one of the arguments %s is required</source>
        <translation>必须指定以下参数之一：%s</translation>
    </message>
    <message>
        <source>one profile as JSON</source>
        <translation>以 JSON 显示一个连接配置</translation>
    </message>
    <message>
        <source>only {networks}</source>
        <translation>仅 {networks}</translation>
    </message>
    <message>
        <source>open a profile on sim://talker and start it</source>
        <translation>打开 sim://talker 模拟设备的连接配置并启动</translation>
    </message>
    <message>
        <source>options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>parity</source>
        <translation>校验位</translation>
    </message>
    <message>
        <source>pcapng version {major}</source>
        <translation>pcapng 版本 {major}</translation>
    </message>
    <message>
        <source>port=&apos;0&apos; is the guest&apos;s COM1 (ttyS0). If it has one already, write port=&apos;1&apos;, which is COM2 (ttyS1).</source>
        <translation>port=&apos;0&apos; 是虚拟机的 COM1 (ttyS0)。若已占用，请写 port=&apos;1&apos;，即 COM2 (ttyS1)。</translation>
    </message>
    <message>
        <source>positional arguments</source>
        <translation>位置参数</translation>
    </message>
    <message>
        <source>print the traffic</source>
        <translation>打印收发数据</translation>
    </message>
    <message>
        <source>raw: the device&apos;s bytes and nothing else; rfc2217: Telnet (raw)</source>
        <translation>raw：只有设备的字节；rfc2217：Telnet (raw)</translation>
    </message>
    <message>
        <source>refused: there are none for serial lines</source>
        <translation>不接受：串口没有捕获过滤器</translation>
    </message>
    <message>
        <source>remove a profile</source>
        <translation>删除连接配置</translation>
    </message>
    <message>
        <source>replaced by a new client</source>
        <translation>被新客户端取代</translation>
    </message>
    <message>
        <source>reset by the client</source>
        <translation>客户端重置了连接</translation>
    </message>
    <message>
        <source>serial number {found}, expected {expected}</source>
        <translation>序列号 {found}，应为 {expected}</translation>
    </message>
    <message>
        <source>show program&apos;s version number and exit</source>
        <translation>显示版本号并退出</translation>
    </message>
    <message>
        <source>show this help message and exit</source>
        <translation>显示此帮助并退出</translation>
    </message>
    <message>
        <source>socat ends with its first client; here the next one can connect.</source>
        <translation>socat 在第一个客户端断开后退出；此处后续客户端可继续连接。</translation>
    </message>
    <message>
        <source>speak TLS with this certificate, PEM; needs --tls-key</source>
        <translation>以此证书使用 TLS，PEM；需要 --tls-key</translation>
    </message>
    <message>
        <source>speed is a number from {least:g} to {most:g}, or 0 for no pauses</source>
        <translation>speed 是 {least:g} 到 {most:g} 之间的数，0 表示无停顿</translation>
    </message>
    <message>
        <source>start is open or client</source>
        <translation>start 只能是 open 或 client</translation>
    </message>
    <message>
        <source>start minimized</source>
        <translation>启动时最小化</translation>
    </message>
    <message>
        <source>start the bridges that ran when the window was closed</source>
        <translation>启动上次关闭窗口时运行的桥接</translation>
    </message>
    <message>
        <source>start the chosen profile</source>
        <translation>启动选中的连接配置</translation>
    </message>
    <message>
        <source>stop bits</source>
        <translation>停止位</translation>
    </message>
    <message>
        <source>the TLS handshake failed</source>
        <translation>TLS 握手失败</translation>
    </message>
    <message>
        <source>the bridge stopped</source>
        <translation>桥接已停止</translation>
    </message>
    <message>
        <source>the certificate&apos;s private key, PEM</source>
        <translation>证书的私钥，PEM</translation>
    </message>
    <message>
        <source>the client is gone</source>
        <translation>客户端已断开</translation>
    </message>
    <message>
        <source>the device is gone</source>
        <translation>设备已断开</translation>
    </message>
    <message>
        <source>the file was removed</source>
        <translation>文件已被删除</translation>
    </message>
    <message>
        <source>the flag x is not taken</source>
        <translation>不支持标志 x</translation>
    </message>
    <message>
        <source>the following arguments are required: %s</source>
        <translation>缺少以下参数：%s</translation>
    </message>
    <message>
        <source>the hypervisor</source>
        <translation>虚拟机软件</translation>
    </message>
    <message>
        <source>the one that is meant</source>
        <translation>指定的桥接</translation>
    </message>
    <message>
        <source>the peer does not take the answers it asks for</source>
        <translation>对方不接收其请求的应答</translation>
    </message>
    <message>
        <source>the peer left during the handshake</source>
        <translation>对方在握手期间断开</translation>
    </message>
    <message>
        <source>the program answers something else</source>
        <translation>程序的应答不符</translation>
    </message>
    <message>
        <source>the program does not answer</source>
        <translation>程序没有应答</translation>
    </message>
    <message>
        <source>the running bridges</source>
        <translation>运行中的桥接</translation>
    </message>
    <message>
        <source>this machine has no address that others could reach</source>
        <translation>本机没有其他计算机可访问的地址</translation>
    </message>
    <message>
        <source>through the bridge, the port directly, the adapter itself</source>
        <translation>bridge：通过桥接；port：直接使用串口；adapter：适配器直通</translation>
    </message>
    <message>
        <source>too many interfaces</source>
        <translation>接口过多</translation>
    </message>
    <message>
        <source>too slow</source>
        <translation>接收过慢</translation>
    </message>
    <message>
        <source>unbalanced parenthesis</source>
        <translation>括号不匹配</translation>
    </message>
    <message>
        <source>undo that</source>
        <translation>撤销 --register</translation>
    </message>
    <message>
        <source>unexpected end of pattern</source>
        <translation>表达式意外结束</translation>
    </message>
    <message>
        <source>unknown extension </source>
        <translation>未知的扩展语法 </translation>
    </message>
    <message>
        <source>unknown parser %(parser_name)r (choices: %(choices)s)</source>
        <translation>未知的子命令 %(parser_name)r（可选：%(choices)s）</translation>
    </message>
    <message>
        <source>unknown simulated device {name!r}: there are {there}</source>
        <translation>未知的模拟设备 {name!r}：可用的有 {there}</translation>
    </message>
    <message>
        <source>unknown simulated device: {error}</source>
        <translation>未知的模拟设备：{error}</translation>
    </message>
    <message>
        <source>unrecognized arguments: %s</source>
        <translation>无法识别的参数：%s</translation>
    </message>
    <message>
        <source>unterminated character set</source>
        <translation>字符集未结束，缺少 ]</translation>
    </message>
    <message>
        <source>up to {count} clients</source>
        <translation>最多 {count} 个客户端</translation>
    </message>
    <message>
        <source>usage: </source>
        <translation>用法：</translation>
    </message>
    <message>
        <source>vanished without a word</source>
        <translation>失去响应</translation>
    </message>
    <message>
        <source>version {step}: {error!r}</source>
        <translation>版本 {step}：{error!r}</translation>
    </message>
    <message>
        <source>virsh ended with {code}</source>
        <translation>virsh 退出码 {code}</translation>
    </message>
    <message>
        <source>virsh is not installed</source>
        <translation>未安装 virsh</translation>
    </message>
    <message>
        <source>what clients send while the device is gone (hold)</source>
        <translation>设备断开期间客户端发来的数据 (hold)</translation>
    </message>
    <message>
        <source>what the peer sends is no TLS</source>
        <translation>对方发送的不是 TLS</translation>
    </message>
    <message>
        <source>what to give a hypervisor for a guest&apos;s COM port</source>
        <translation>生成虚拟机 COM 口所需的配置</translation>
    </message>
    <message>
        <source>where clients connect; port 0 = any (127.0.0.1:4001)</source>
        <translation>客户端连接的地址；端口 0 = 任意 (127.0.0.1:4001)</translation>
    </message>
    <message>
        <source>where profiles live (default: the user&apos;s own)</source>
        <translation>连接配置所在的文件夹（默认：用户自己的）</translation>
    </message>
    <message>
        <source>where to</source>
        <translation>写入的管道</translation>
    </message>
    <message>
        <source>who dials out has one client, not {access}</source>
        <translation>主动连接时只有一个客户端，不能是 {access}</translation>
    </message>
    <message>
        <source>who dials out needs no list of who may connect</source>
        <translation>主动连接时不需要允许列表</translation>
    </message>
    <message>
        <source>who may connect at once (exclusive)</source>
        <translation>允许哪些客户端同时连接 (exclusive)</translation>
    </message>
    <message>
        <source>write a profile to a file</source>
        <translation>将连接配置导出到文件</translation>
    </message>
    <message>
        <source>write the traffic to FILE: .pcapng, .csv, .txt or .bin (off)</source>
        <translation>将收发数据写入 FILE：.pcapng、.csv、.txt 或 .bin (off)</translation>
    </message>
    <message>
        <source>{access} means one client, not {count}</source>
        <translation>{access} 表示一个客户端，不能是 {count}</translation>
    </message>
    <message>
        <source>{count} bytes are not in {path}; they were forwarded all the same</source>
        <translation>{count} 字节未写入 {path}；数据已正常转发</translation>
    </message>
    <message>
        <source>{count} bytes are not shown here; they were forwarded all the same</source>
        <translation>{count} 字节未在此显示；数据已正常转发</translation>
    </message>
    <message>
        <source>{count} more clients were refused</source>
        <translation>另有 {count} 个客户端被拒绝</translation>
    </message>
    <message>
        <source>{device} cannot send a break ({detail})</source>
        <translation>{device} 无法发送 Break（{detail}）</translation>
    </message>
    <message>
        <source>{device} cannot set {line} ({detail})</source>
        <translation>{device} 无法设置 {line}（{detail}）</translation>
    </message>
    <message>
        <source>{device} does not support these settings and runs without them: {names}</source>
        <translation>{device} 不支持以下设置，已忽略：{names}</translation>
    </message>
    <message>
        <source>{device} failed ({detail}); waiting for it to come back</source>
        <translation>{device} 出错（{detail}）；等待设备恢复</translation>
    </message>
    <message>
        <source>{device} is another adapter ({difference}); it is not used</source>
        <translation>{device} 是另一个适配器（{difference}）；未使用</translation>
    </message>
    <message>
        <source>{device} is back</source>
        <translation>{device} 已恢复</translation>
    </message>
    <message>
        <source>{device} is unplugged; waiting for it to come back</source>
        <translation>{device} 已拔出；等待设备恢复</translation>
    </message>
    <message>
        <source>{file} is there already</source>
        <translation>{file} 已存在</translation>
    </message>
    <message>
        <source>{found}, expected {expected}</source>
        <translation>{found}，应为 {expected}</translation>
    </message>
    <message>
        <source>{guest} is connected</source>
        <translation>{guest}已连接</translation>
    </message>
    <message>
        <source>{hint} cannot connect to the IPv6 address {subject}. Give an IPv4 address or a name.</source>
        <translation>{hint} 无法连接 IPv6 地址 {subject}。请给出 IPv4 地址或主机名。</translation>
    </message>
    <message>
        <source>{hint} passes no PCI cards. Use the bridge, or the host&apos;s port directly.</source>
        <translation>{hint} 不支持直通 PCI 卡。请使用桥接，或直接使用宿主机串口。</translation>
    </message>
    <message>
        <source>{host} port {port} does not answer ({detail}); the next try is in {seconds} s</source>
        <translation>{host} 端口 {port} 无应答（{detail}）；{seconds} s 后重试</translation>
    </message>
    <message>
        <source>{launcher} cannot be removed: {detail}.</source>
        <translation>无法删除 {launcher}：{detail}。</translation>
    </message>
    <message>
        <source>{launcher} cannot be written: {detail}. {remedy}.</source>
        <translation>无法写入 {launcher}：{detail}。{remedy}。</translation>
    </message>
    <message>
        <source>{launcher} is there and not ours. Remove it, then register again.</source>
        <translation>{launcher} 已存在，且不属于本程序。请删除它，然后重新注册。</translation>
    </message>
    <message>
        <source>{message}. `{program} --help` shows what there is.</source>
        <translation>{message}。`{program} --help` 可查看用法。</translation>
    </message>
    <message>
        <source>{name!r} is no host name</source>
        <translation>{name!r} 不是主机名</translation>
    </message>
    <message>
        <source>{name!r} is not one of its options, once each: {options}</source>
        <translation>{name!r} 不是可用选项，每项只能用一次：{options}</translation>
    </message>
    <message>
        <source>{named} is neither a profile nor an address to connect to: give HOST:PORT with a port from 1 to 65535, IPv6 as [::1]:4001.</source>
        <translation>{named} 既不是连接配置，也不是可连接的地址：请用 HOST:PORT，端口为 1 到 65535，IPv6 写作 [::1]:4001。</translation>
    </message>
    <message>
        <source>{named} is the address of a bridge, which does not say which device is behind it. For --way {way} give the name of a profile of this machine.</source>
        <translation>{named} 是桥接的地址，无法得知其后的设备。使用 --way {way} 时请给出本机连接配置的名称。</translation>
    </message>
    <message>
        <source>{name} is 0 or 1</source>
        <translation>{name} 只能是 0 或 1</translation>
    </message>
    <message>
        <source>{name} was not saved: its disk is full. Make room, or save it elsewhere.</source>
        <translation>{name} 未保存：磁盘已满。请腾出空间，或保存到其他位置。</translation>
    </message>
    <message>
        <source>{name} was not saved: you may not write there. Save it elsewhere.</source>
        <translation>{name} 未保存：没有写入权限。请保存到其他位置。</translation>
    </message>
    <message>
        <source>{name} was not saved: {detail}. Save it elsewhere.</source>
        <translation>{name} 未保存：{detail}。请保存到其他位置。</translation>
    </message>
    <message>
        <source>{option} is for a bridge that listens, and this one dials out (--connect). {remedy}.</source>
        <translation>{option} 用于监听的桥接，而此桥接是主动连接 (--connect)。{remedy}。</translation>
    </message>
    <message>
        <source>{path} cannot be written: {detail}. Choose another place.</source>
        <translation>无法写入 {path}：{detail}。请选择其他位置。</translation>
    </message>
    <message>
        <source>{path} is what is played, and would be lost. Choose another file for --capture.</source>
        <translation>{path} 正在回放，写入会丢失其内容。请为 --capture 选择其他文件。</translation>
    </message>
    <message>
        <source>{subject} belongs to no USB adapter and no PCI card. Use the bridge, or the host&apos;s port directly.</source>
        <translation>{subject} 不属于 USB 适配器或 PCI 卡。请使用桥接，或直接使用宿主机串口。</translation>
    </message>
    <message>
        <source>{subject} can be reached from this machine only, and the hypervisor is on another. Listen on the local network.</source>
        <translation>{subject} 仅本机可访问，而虚拟机软件在另一台计算机上。请允许局域网访问。</translation>
    </message>
    <message>
        <source>{subject} can be reached from this machine only. For a hypervisor on another, let the bridge listen on the local network.</source>
        <translation>{subject} 仅本机可访问。若虚拟机软件在另一台计算机上，请允许局域网访问。</translation>
    </message>
    <message>
        <source>{subject} cannot be opened: {detail}. Check the device, or choose another port.</source>
        <translation>无法打开 {subject}：{detail}。请检查设备，或选择其他串口。</translation>
    </message>
    <message>
        <source>{subject} cannot be used: {detail}. Choose another.</source>
        <translation>无法使用{subject}：{detail}。请换一个。</translation>
    </message>
    <message>
        <source>{subject} cannot be written as one word of a command. Give the guest another name.</source>
        <translation>{subject} 不能作为命令中的一个词。请为虚拟机换一个名称。</translation>
    </message>
    <message>
        <source>{subject} cannot be written there. Use a name without such characters.</source>
        <translation>{subject} 无法写入配置。请使用不含此类字符的名称。</translation>
    </message>
    <message>
        <source>{subject} failed because of a mistake in this program: {detail}.</source>
        <translation>{subject} 因程序内部错误而失败：{detail}。</translation>
    </message>
    <message>
        <source>{subject} holds no CA certificate: {detail}. Choose a PEM file.</source>
        <translation>{subject} 中没有 CA 证书：{detail}。请选择 PEM 文件。</translation>
    </message>
    <message>
        <source>{subject} holds no private key that TLS can use: {detail}. Choose a PEM file.</source>
        <translation>{subject} 中没有 TLS 可用的私钥：{detail}。请选择 PEM 文件。</translation>
    </message>
    <message>
        <source>{subject} is a capture of something else than a serial line (link type RTAC serial). Choose another file.</source>
        <translation>{subject} 不是串口抓包文件（链路类型 RTAC serial）。请选择其他文件。</translation>
    </message>
    <message>
        <source>{subject} is an address to listen on, none to connect to. Give the one of this machine, such as 192.168.1.5.</source>
        <translation>{subject} 是监听地址，不能用于连接。请给出本机地址，例如 192.168.1.5。</translation>
    </message>
    <message>
        <source>{subject} is another adapter ({difference}). Plug in the right one, or choose a port again.</source>
        <translation>{subject} 是另一个适配器（{difference}）。请插入正确的适配器，或重新选择串口。</translation>
    </message>
    <message>
        <source>{subject} is in use by another program, perhaps by {hint}, which tries new adapters for being modems. Wait half a minute, or close the other program, then start again.</source>
        <translation>{subject} 被其他程序占用，可能是 {hint} 正在检测新适配器是否为调制解调器。请等待半分钟，或关闭占用程序，然后重新启动。</translation>
    </message>
    <message>
        <source>{subject} is in use by another program. Close it, then start again.</source>
        <translation>{subject} 被其他程序占用。请关闭该程序，然后重新启动。</translation>
    </message>
    <message>
        <source>{subject} is in use by {hint}, which tries new adapters for being modems. Wait half a minute, then start again.</source>
        <translation>{subject} 被 {hint} 占用，它正在检测新适配器是否为调制解调器。请等待半分钟，然后重新启动。</translation>
    </message>
    <message>
        <source>{subject} is in use by {hint}. Close it, then start again.</source>
        <translation>{subject} 被 {hint} 占用。请关闭该程序，然后重新启动。</translation>
    </message>
    <message>
        <source>{subject} is larger than 1 MiB: that is not a profile. Choose another file.</source>
        <translation>{subject} 超过 1 MiB，不是连接配置。请选择其他文件。</translation>
    </message>
    <message>
        <source>{subject} is needed for TLS and cannot be read: {detail}. Choose a file that your account may read.</source>
        <translation>无法读取 TLS 所需的 {subject}：{detail}。请选择有读取权限的文件。</translation>
    </message>
    <message>
        <source>{subject} is no capture that can be played. Choose a pcapng or pcap of a serial line, or a csv made here.</source>
        <translation>{subject} 不是可回放的抓包文件。请选择串口的 pcapng 或 pcap，或由本程序生成的 csv。</translation>
    </message>
    <message>
        <source>{subject} is no certificate that TLS can use: {detail}. Choose a PEM file.</source>
        <translation>{subject} 不是 TLS 可用的证书：{detail}。请选择 PEM 文件。</translation>
    </message>
    <message>
        <source>{subject} is no host name and no IP address. Give one that the hypervisor can reach.</source>
        <translation>{subject} 不是主机名，也不是 IP 地址。请给出虚拟机软件可访问的地址。</translation>
    </message>
    <message>
        <source>{subject} is no port number to connect to. Give one from 1 to 65535.</source>
        <translation>{subject} 不是可连接的端口号。请给出 1 到 65535。</translation>
    </message>
    <message>
        <source>{subject} is no port of Linux, where this hypervisor runs. Use the bridge.</source>
        <translation>{subject} 不是 Linux 串口，而该虚拟机软件运行于 Linux。请使用桥接。</translation>
    </message>
    <message>
        <source>{subject} is no port of this machine that could be passed. Use the bridge.</source>
        <translation>{subject} 不是本机可直通的串口。请使用桥接。</translation>
    </message>
    <message>
        <source>{subject} is not a port this program knows: {detail}. Correct it, or choose another port.</source>
        <translation>本程序不认识串口 {subject}：{detail}。请更正，或选择其他串口。</translation>
    </message>
    <message>
        <source>{subject} is not a serial port. Choose a port such as COM5 or /dev/ttyUSB0.</source>
        <translation>{subject} 不是串口。请选择 COM5 或 /dev/ttyUSB0 这样的串口。</translation>
    </message>
    <message>
        <source>{subject} is not an address of this computer. Choose one of its own.</source>
        <translation>{subject} 不是本机的地址。请使用本机的地址。</translation>
    </message>
    <message>
        <source>{subject} is not plugged in here, so it is not known what to pass. Plug it in.</source>
        <translation>{subject} 未插入本机，无法确定要直通的设备。请插入它。</translation>
    </message>
    <message>
        <source>{subject} is not the private key of {hint}. Choose two that belong together.</source>
        <translation>{subject} 不是 {hint} 的私钥。请选择相互匹配的证书和私钥。</translation>
    </message>
    <message>
        <source>{subject} is there already and was not made by a bridge. Remove it, or choose another.</source>
        <translation>{subject} 已存在，且不是由桥接创建的。请删除它，或换一个。</translation>
    </message>
    <message>
        <source>{subject} was stopped before it had started.</source>
        <translation>{subject} 在启动完成前已停止。</translation>
    </message>
    <message>
        <source>{subject}: virtual ports of this kind need Linux or macOS. On Windows, com0com makes pairs of them.</source>
        <translation>{subject}：此类虚拟串口需要 Linux 或 macOS。在 Windows 上可用 com0com 创建成对的虚拟串口。</translation>
    </message>
    <message>
        <source>{subject}: {detail}.</source>
        <translation>{subject}：{detail}。</translation>
    </message>
    <message>
        <source>{text!r} is neither a size such as 10M nor a time such as 1h</source>
        <translation>{text!r} 既不是 10M 这样的大小，也不是 1h 这样的时长</translation>
    </message>
    <message>
        <source>{text!r} is no address or network: give one such as 192.168.1.20 or 192.168.1.0/24</source>
        <translation>{text!r} 不是地址或网段：请写成 192.168.1.20 或 192.168.1.0/24 的形式</translation>
    </message>
    <message>
        <source>{text!r} is no address to connect to: give HOST:PORT with a port from 1 to 65535, IPv6 as [::1]:4001</source>
        <translation>{text!r} 不是可连接的地址：请用 HOST:PORT，端口为 1 到 65535，IPv6 写作 [::1]:4001</translation>
    </message>
    <message>
        <source>{text!r} is not a baud rate: give a positive whole number</source>
        <translation>{text!r} 不是波特率：请给出正整数</translation>
    </message>
    <message>
        <source>{text!r} is not a format: give data bits 5-8, parity N E O M or S, stop bits 1, 1.5 or 2, as in 8N1</source>
        <translation>{text!r} 不是有效格式：数据位 5-8，校验位 N E O M 或 S，停止位 1、1.5 或 2，例如 8N1</translation>
    </message>
    <message>
        <source>{text!r} is not a number of clients: give 1 to 500</source>
        <translation>{text!r} 不是客户端数量：请给出 1 到 500</translation>
    </message>
    <message>
        <source>{text!r} is not a number of files: give 1 or more</source>
        <translation>{text!r} 不是文件数量：请给出 1 或以上</translation>
    </message>
    <message>
        <source>{text!r} is not a number of seconds: give 0 or more</source>
        <translation>{text!r} 不是秒数：请给出 0 或以上</translation>
    </message>
    <message>
        <source>{text!r} is not a version: give numbers such as 9.2</source>
        <translation>{text!r} 不是版本号：请写 9.2 这样的数字</translation>
    </message>
    <message>
        <source>{text!r} is not an address: give HOST:PORT with a port number from 0 to 65535, IPv6 as [::1]:4001</source>
        <translation>{text!r} 不是地址：请用 HOST:PORT，端口号为 0 到 65535，IPv6 写作 [::1]:4001</translation>
    </message>
    <message>
        <source>{text!r} is too small: give 4K or more</source>
        <translation>{text!r} 太小：请给出 4K 或以上</translation>
    </message>
    <message>
        <source>{value!r} is no address or network such as 192.168.1.0/24</source>
        <translation>{value!r} 不是地址，也不是 192.168.1.0/24 这样的网段</translation>
    </message>
    <message>
        <source>{value} may have another name after it was plugged in anew: look at it again then.</source>
        <translation>{value} 重新插入后名称可能改变：届时请重新查看。</translation>
    </message>
    <message>
        <source>{where}: {reason}. `serialbridge run --help` shows what there is.</source>
        <translation>{where}：{reason}。`serialbridge run --help` 可查看用法。</translation>
    </message>
    <message>
        <source>“{name}” uses TLS with {files}: these files are not part of a profile and must be on its machine.</source>
        <translation>“{name}”使用 TLS，文件为 {files}：这些文件不包含在连接配置中，须存在于运行它的计算机上。</translation>
    </message>
    <message>
        <source>“{subject}” has a value that is not possible here and was left out.</source>
        <translation>“{subject}”的值在此无效，已忽略。</translation>
    </message>
    <message>
        <source>“{subject}” has no counterpart here and was left out.</source>
        <translation>“{subject}”在此没有对应项，已忽略。</translation>
    </message>
    <message>
        <source>“{subject}” is not known and was left out.</source>
        <translation>无法识别“{subject}”，已忽略。</translation>
    </message>
    <message>
        <source>“{subject}”: clients log in there, but not here. Limit who may connect, or use TLS.</source>
        <translation>“{subject}”：原配置要求客户端登录，此处不支持。请限制可连接的地址，或使用 TLS。</translation>
    </message>
    <message>
        <source>“{text}” is no version. Give numbers such as 9.2, or leave it empty.</source>
        <translation>“{text}”不是版本号。请填写 9.2 这样的数字，或留空。</translation>
    </message>
</context>
<context>
    <name>Autostart</name>
    <message>
        <source>Windows takes no command of more than 260 characters at its start. Put SerialBridge into a folder with a shorter path.</source>
        <translation>Windows 开机启动的命令不能超过 260 个字符。请把 SerialBridge 放到路径更短的文件夹中。</translation>
    </message>
    <message>
        <source>{where} could not be written: {detail}. Make it yours to write, then try again.</source>
        <translation>无法写入 {where}：{detail}。请获取写入权限后重试。</translation>
    </message>
</context>
<context>
    <name>BridgePage</name>
    <message>
        <source>Click to rename</source>
        <translation>单击以重命名</translation>
    </message>
    <message>
        <source>Clients stay connected.</source>
        <translation>客户端保持连接。</translation>
    </message>
    <message>
        <source>Clients were disconnected.</source>
        <translation>客户端已断开。</translation>
    </message>
    <message>
        <source>Connecting to {address}</source>
        <translation>正在连接 {address}</translation>
    </message>
    <message>
        <source>Failed {seconds} s ago ({reason}); is tried again by itself.</source>
        <translation>{seconds} s 前出错（{reason}）；会自动重试。</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Name of the bridge</source>
        <translation>桥接名称</translation>
    </message>
    <message>
        <source>No real device is behind this bridge</source>
        <translation>此桥接没有连接真实设备</translation>
    </message>
    <message>
        <source>Not running. Press Start to open the port.</source>
        <translation>未运行。按“启动”打开串口。</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Open test client</source>
        <translation>打开测试客户端</translation>
    </message>
    <message>
        <source>Record to another file…</source>
        <translation>录制到其他文件…</translation>
    </message>
    <message>
        <source>Save elsewhere…</source>
        <translation>保存到其他位置…</translation>
    </message>
    <message>
        <source>See the other end of the bridge, as a program that connects to it does</source>
        <translation>查看桥接的另一端，即连接它的程序所见</translation>
    </message>
    <message>
        <source>Simulated</source>
        <translation>模拟</translation>
    </message>
    <message>
        <source>State: {state}</source>
        <translation>状态：{state}</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Unplugged {seconds} s ago; comes back by itself.</source>
        <translation>{seconds} s 前拔出；重新插入后自动恢复。</translation>
    </message>
    <message>
        <source>Waiting for data. Connect a program to {address}</source>
        <translation>等待数据。请用程序连接 {address}</translation>
    </message>
    <message>
        <source>Waiting for data. Connected to {address}</source>
        <translation>等待数据。已连接 {address}</translation>
    </message>
    <message>
        <source>■ Stop</source>
        <translation>■ 停止</translation>
    </message>
    <message>
        <source>▶ Start</source>
        <translation>▶ 启动</translation>
    </message>
</context>
<context>
    <name>BridgeState</name>
    <message>
        <source>Connecting…</source>
        <translation>正在连接…</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Opening</source>
        <translation>正在打开</translation>
    </message>
    <message>
        <source>Running · connected</source>
        <translation>运行中 · 已连接</translation>
    </message>
    <message>
        <source>Running · {guest}</source>
        <translation>运行中 · {guest}</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Waiting for a client</source>
        <translation>等待客户端</translation>
    </message>
    <message>
        <source>Waiting for device</source>
        <translation>等待设备恢复</translation>
    </message>
</context>
<context>
    <name>BytePane</name>
    <message numerus="yes">
        <source>%n bytes at {offset}</source>
        <translation>
            <numerusform>{offset} 处 %n 字节</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n bytes. Select some to see their value.</source>
        <translation>
            <numerusform>%n 字节。选中字节可查看其值。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Bytes of %n selected rows</source>
        <translation>
            <numerusform>选中 %n 行的字节</numerusform>
        </translation>
    </message>
    <message>
        <source>Bytes of the selected row</source>
        <translation>选中行的字节</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy as hex</source>
        <translation>复制为 HEX</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
    <message numerus="yes">
        <source>First %n bytes of the selected rows</source>
        <translation>
            <numerusform>选中行的前 %n 字节</numerusform>
        </translation>
    </message>
    <message>
        <source>Select a row to see its bytes.</source>
        <translation>选中一行可查看其字节。</translation>
    </message>
    <message>
        <source>Show or hide offset, hex and text of the selected row</source>
        <translation>显示或隐藏选中行的偏移、HEX 和文本</translation>
    </message>
</context>
<context>
    <name>CheckList</name>
    <message>
        <source>Nothing stands in the way.</source>
        <translation>一切就绪。</translation>
    </message>
    <message>
        <source>The bridge is stopped and started again; who is connected is disconnected</source>
        <translation>桥接会停止并重新启动；已连接的客户端会断开</translation>
    </message>
</context>
<context>
    <name>ClientFields</name>
    <message>
        <source> s</source>
        <translation> s</translation>
    </message>
    <message>
        <source>Answer time</source>
        <translation>应答等待</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Clients are disconnected</source>
        <translation>断开客户端</translation>
    </message>
    <message>
        <source>Clients stay connected</source>
        <translation>保持客户端连接</translation>
    </message>
    <message>
        <source>Device unplugged</source>
        <translation>设备拔出时</translation>
    </message>
    <message>
        <source>How long a client that has finished sending waits for the device&apos;s next byte.</source>
        <translation>客户端发送完毕后，等待设备下一字节的最长时间。</translation>
    </message>
    <message>
        <source>Is thrown away</source>
        <translation>丢弃</translation>
    </message>
    <message>
        <source>Many; all read and write</source>
        <translation>多个；均可读写</translation>
    </message>
    <message>
        <source>Many; the first one writes</source>
        <translation>多个；仅第一个可写</translation>
    </message>
    <message>
        <source>One; a new one takes over</source>
        <translation>一个；新连接取代旧连接</translation>
    </message>
    <message>
        <source>One; a second is refused</source>
        <translation>一个；拒绝第二个</translation>
    </message>
    <message>
        <source>Sent meanwhile</source>
        <translation>期间发来的数据</translation>
    </message>
    <message>
        <source>The connection ends once the device has been silent for so long.</source>
        <translation>设备静默达到此时长后，连接结束。</translation>
    </message>
    <message>
        <source>Waits for the device</source>
        <translation>等待设备恢复</translation>
    </message>
</context>
<context>
    <name>ClientsPanel</name>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Clients</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Clients of {name}</source>
        <translation>{name} 的客户端</translation>
    </message>
    <message>
        <source>Connected since</source>
        <translation>连接时间</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>断开客户端</translation>
    </message>
    <message>
        <source>Disconnect client #{number}</source>
        <translation>断开客户端 #{number}</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>待发队列</translation>
    </message>
    <message>
        <source>Received from it</source>
        <translation>从其接收</translation>
    </message>
    <message>
        <source>Sent to it</source>
        <translation>向其发送</translation>
    </message>
    <message>
        <source>{number} (reads only)</source>
        <translation>{number}（只读）</translation>
    </message>
</context>
<context>
    <name>ClosingRules</name>
    <message numerus="yes">
        <source>%n bridges are running.</source>
        <translation>
            <numerusform>有 %n 个桥接正在运行。</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Keep running</source>
        <translation>继续运行(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Stop and quit</source>
        <translation>停止并退出(&amp;S)</translation>
    </message>
    <message>
        <source>They can go on without the window: an icon in the tray shows their state and brings it back. What you choose is remembered; Settings has it.</source>
        <translation>关闭窗口后它们可以继续运行：托盘图标显示其状态，并可恢复窗口。您的选择会被记住，可在“设置”中更改。</translation>
    </message>
    <message>
        <source>This desktop has no tray from which the window could be brought back. Closing it stops the bridges, disconnects their clients and quits. Minimize the window to let them go on.</source>
        <translation>此桌面没有托盘，窗口关闭后无法恢复。关闭窗口将停止桥接、断开客户端并退出。若要继续运行，请最小化窗口。</translation>
    </message>
</context>
<context>
    <name>CopyMenu</name>
    <message>
        <source>31 32 0D 0A, a line for each row</source>
        <translation>31 32 0D 0A，每行日志一行</translation>
    </message>
    <message>
        <source>As C array</source>
        <translation>C 数组</translation>
    </message>
    <message>
        <source>As Python bytes</source>
        <translation>Python bytes</translation>
    </message>
    <message>
        <source>As hex</source>
        <translation>HEX</translation>
    </message>
    <message>
        <source>As hex dump</source>
        <translation>HEX 转储</translation>
    </message>
    <message>
        <source>As text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the selected rows</source>
        <translation>复制选中的行</translation>
    </message>
    <message>
        <source>Offset, hex and characters</source>
        <translation>偏移、HEX 和字符</translation>
    </message>
    <message>
        <source>The characters, with their own line ends</source>
        <translation>字符，保留其自身的行尾</translation>
    </message>
    <message>
        <source>b&apos;12\r\n&apos;, or a list of them</source>
        <translation>b&apos;12\r\n&apos;，或其列表</translation>
    </message>
    <message>
        <source>const unsigned char data[4] = …</source>
        <translation>const unsigned char data[4] = …</translation>
    </message>
</context>
<context>
    <name>Exposure</name>
    <message>
        <source> and </source>
        <translation> 和 </translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Anyone on the network can control the device</source>
        <translation>网络上任何人都能控制设备</translation>
    </message>
    <message>
        <source>Encrypted; but anyone on the network can connect and control the device</source>
        <translation>已加密；但网络上任何人都能连接并控制设备</translation>
    </message>
    <message>
        <source>Encrypted; only clients with a certificate can connect</source>
        <translation>已加密；仅持有证书的客户端可连接</translation>
    </message>
    <message>
        <source>Encrypted; only {networks} can connect</source>
        <translation>已加密；仅 {networks} 可连接</translation>
    </message>
    <message>
        <source>Only {networks} can connect; not encrypted</source>
        <translation>仅 {networks} 可连接；未加密</translation>
    </message>
    <message>
        <source>{networks} and {count} more</source>
        <translation>{networks} 等（另有 {count} 项）</translation>
    </message>
</context>
<context>
    <name>FieldGroup</name>
    <message>
        <source>This bridge connects by itself: nobody connects to it</source>
        <translation>此桥接主动连接：没有程序连接它</translation>
    </message>
</context>
<context>
    <name>FileSender</name>
    <message>
        <source> ms</source>
        <translation> ms</translation>
    </message>
    <message>
        <source> µs</source>
        <translation> µs</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel the file</source>
        <translation>取消发送文件</translation>
    </message>
    <message>
        <source>For devices that cannot keep up. Below 1000 µs a few bytes go each ms: the average is kept</source>
        <translation>用于跟不上速度的设备。低于 1000 µs 时每毫秒发送若干字节，平均间隔不变</translation>
    </message>
    <message>
        <source>For devices that need time for each line: after each line feed (0A)</source>
        <translation>用于每行都需要处理时间的设备：在每个换行符 (0A) 之后</translation>
    </message>
    <message>
        <source>Gap after a byte</source>
        <translation>字节间隔</translation>
    </message>
    <message>
        <source>Gap after a byte of a file, in µs</source>
        <translation>发送文件的字节间隔(µs)</translation>
    </message>
    <message>
        <source>Gap after a line of a file, in ms</source>
        <translation>发送文件的行间隔(ms)</translation>
    </message>
    <message>
        <source>How much of the file is sent</source>
        <translation>文件发送进度</translation>
    </message>
    <message>
        <source>Send a file&apos;s bytes as they are</source>
        <translation>原样发送文件的全部字节</translation>
    </message>
    <message>
        <source>Send file</source>
        <translation>发送文件</translation>
    </message>
    <message>
        <source>Send file…</source>
        <translation>发送文件…</translation>
    </message>
    <message>
        <source>Send no more of the file</source>
        <translation>停止发送文件</translation>
    </message>
    <message>
        <source>after a line</source>
        <translation>行间隔</translation>
    </message>
    <message>
        <source>sending a file, {percent} %</source>
        <translation>正在发送文件，{percent}%</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>{sent} of {size}</source>
        <translation>{sent} / {size}</translation>
    </message>
</context>
<context>
    <name>FindActions</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close; all rows are shown again</source>
        <translation>关闭；恢复显示所有行</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Find in the log</source>
        <translation>在日志中查找</translation>
    </message>
    <message>
        <source>Hide the rows without a match</source>
        <translation>隐藏不匹配的行</translation>
    </message>
    <message>
        <source>Match case</source>
        <translation>区分大小写</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>Only matching rows</source>
        <translation>仅匹配行</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>上一个</translation>
    </message>
    <message>
        <source>Show only matching rows</source>
        <translation>仅显示匹配的行</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message numerus="yes">
        <source>%n rows</source>
        <translation>
            <numerusform>%n 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Find and filter</source>
        <translation>查找和筛选</translation>
    </message>
    <message>
        <source>Find as hex</source>
        <translation>按 HEX 查找</translation>
    </message>
    <message>
        <source>Hex</source>
        <translation>HEX</translation>
    </message>
    <message>
        <source>How it is read</source>
        <translation>查找内容的类型</translation>
    </message>
    <message>
        <source>Look for these bytes instead of for this text</source>
        <translation>查找这些字节，而不是这段文本</translation>
    </message>
    <message>
        <source>More than {count}</source>
        <translation>多于 {count}</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Regex</source>
        <translation>正则</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Text, hex such as 0D ?? 0A, or a regular expression on the bytes</source>
        <translation>文本、HEX（如 0D ?? 0A），或针对字节的正则表达式</translation>
    </message>
    <message>
        <source>What to find</source>
        <translation>查找内容</translation>
    </message>
    <message>
        <source>What to find ({key}); Enter for the next, Shift+Enter for the one before</source>
        <translation>查找内容 ({key})；Enter 下一个，Shift+Enter 上一个</translation>
    </message>
    <message>
        <source>filtering, {percent} %</source>
        <translation>正在筛选，{percent}%</translation>
    </message>
    <message>
        <source>from the bottom again</source>
        <translation>已从底部继续</translation>
    </message>
    <message>
        <source>from the top again</source>
        <translation>已从顶部继续</translation>
    </message>
    <message>
        <source>{count} found</source>
        <translation>找到 {count} 处</translation>
    </message>
    <message>
        <source>{count} found, {percent} % searched</source>
        <translation>找到 {count} 处，已查找 {percent}%</translation>
    </message>
    <message>
        <source>{ordinal} of {count}</source>
        <translation>第 {ordinal} 处，共 {count} 处</translation>
    </message>
</context>
<context>
    <name>FirewallBar</name>
    <message>
        <source>&amp;Allow on private networks…</source>
        <translation>允许专用网络访问(&amp;A)…</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>以后再说</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>The consent was not given, and the firewall stays as it was. The Bridge menu asks again.</source>
        <translation>未获同意，防火墙保持不变。可从“桥接”菜单再次请求。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Windows asks for an administrator&apos;s consent…</source>
        <translation>Windows 正在请求管理员同意…</translation>
    </message>
    <message>
        <source>Windows&apos; firewall did not take the rule ({reason}). Allow SerialBridge in Windows&apos; settings, under “Allow an app through firewall”.</source>
        <translation>Windows 防火墙未接受规则（{reason}）。请在 Windows 设置的“允许应用通过防火墙”中允许 SerialBridge。</translation>
    </message>
    <message>
        <source>Windows&apos; firewall keeps other computers away from SerialBridge. You can allow both of its programs on the networks that Windows calls private; an administrator has to agree. Bridges start meanwhile.</source>
        <translation>Windows 防火墙阻止其他计算机访问 SerialBridge。可以允许其两个程序在“专用网络”上通信，需要管理员同意。在此期间桥接照常启动。</translation>
    </message>
    <message>
        <source>Windows&apos; firewall lets computers on private networks connect to SerialBridge.</source>
        <translation>Windows 防火墙已允许专用网络上的计算机连接 SerialBridge。</translation>
    </message>
    <message>
        <source>Windows&apos; firewall may keep other computers away. SerialBridge runs from its source, where a rule would let them reach every Python program: install it, or make a rule for the port yourself.</source>
        <translation>Windows 防火墙可能会阻止其他计算机。SerialBridge 正从源码运行，添加规则会放行所有 Python 程序：请安装 SerialBridge，或自行为该端口添加规则。</translation>
    </message>
    <message>
        <source>exit code {code}</source>
        <translation>退出码 {code}</translation>
    </message>
    <message>
        <source>it has no such rule</source>
        <translation>没有此规则</translation>
    </message>
    <message>
        <source>there is a % in {path}</source>
        <translation>{path} 中含有 %</translation>
    </message>
</context>
<context>
    <name>FirewallStep</name>
    <message>
        <source>Allow in Windows&apos; &amp;firewall…</source>
        <translation>在 Windows 防火墙中允许(&amp;F)…</translation>
    </message>
</context>
<context>
    <name>FirstRunPage</name>
    <message>
        <source>Any program that speaks TCP talks to the device as if it were plugged in there, byte for byte. You see everything that passes.</source>
        <translation>任何支持 TCP 的程序都能像直连一样与设备通信，逐字节透传；收发的数据一目了然。</translation>
    </message>
    <message>
        <source>Found: {port}</source>
        <translation>已发现：{port}</translation>
    </message>
    <message>
        <source>It stays away? BRLTTY takes some adapters for Braille displays, and your account must be in the device&apos;s group (often dialout).</source>
        <translation>没有出现？BRLTTY 会把某些适配器误认为盲文显示器；另外，您的账户须属于设备所在的组（通常是 dialout）。</translation>
    </message>
    <message>
        <source>Plug in the adapter; the list updates itself.</source>
        <translation>请插入适配器，列表会自动更新。</translation>
    </message>
    <message>
        <source>Put a serial port on the network</source>
        <translation>把串口接入网络</translation>
    </message>
    <message>
        <source>Try with a simulated device</source>
        <translation>用模拟设备试用</translation>
    </message>
    <message>
        <source>Use my device</source>
        <translation>使用我的设备</translation>
    </message>
</context>
<context>
    <name>GeneralPage</name>
    <message>
        <source>&amp;Colours</source>
        <translation>配色(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;General</source>
        <translation>常规(&amp;G)</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Lang&amp;uage</source>
        <translation>语言(&amp;U)</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Look for a newer &amp;version</source>
        <translation>查看新版本(&amp;V)</translation>
    </message>
    <message>
        <source>Opens the home page in your browser</source>
        <translation>在浏览器中打开主页</translation>
    </message>
    <message>
        <source>SerialBridge never looks for newer versions by itself, and sends nothing to anybody.</source>
        <translation>SerialBridge 不会自动检查新版本，也不会向任何人发送数据。</translation>
    </message>
</context>
<context>
    <name>GroupingDialog</name>
    <message>
        <source> ms</source>
        <translation> ms</translation>
    </message>
    <message>
        <source>1 to 16 bytes: \r\n, \x03, or 0D 0A</source>
        <translation>1 到 16 字节：\r\n、\x03 或 0D 0A</translation>
    </message>
    <message>
        <source>1 to 256</source>
        <translation>1 到 256</translation>
    </message>
    <message>
        <source>A change of direction or client always begins a row.</source>
        <translation>方向或客户端改变时总会另起一行。</translation>
    </message>
    <message>
        <source>A row ends where nothing came for so long</source>
        <translation>超过此时长没有数据时，一行结束</translation>
    </message>
    <message>
        <source>After a &amp;silence of</source>
        <translation>分包超时(&amp;S)</translation>
    </message>
    <message>
        <source>After so many &amp;bytes</source>
        <translation>按字节数(&amp;B)</translation>
    </message>
    <message>
        <source>After the &amp;delimiter</source>
        <translation>按分隔符(&amp;D)</translation>
    </message>
    <message>
        <source>As text with \r \n \t \0 \x03, or as hex: 0D 0A</source>
        <translation>可用文本（\r \n \t \0 \x03），或 HEX：0D 0A</translation>
    </message>
    <message>
        <source>Bytes a row</source>
        <translation>每行字节数</translation>
    </message>
    <message>
        <source>Delimiter</source>
        <translation>分隔符</translation>
    </message>
    <message>
        <source>Each &amp;chunk, as it was read</source>
        <translation>按读取的数据块(&amp;C)</translation>
    </message>
    <message>
        <source>Group rows</source>
        <translation>分包方式</translation>
    </message>
    <message>
        <source>Silence</source>
        <translation>分包超时</translation>
    </message>
    <message>
        <source>that is {bytes}</source>
        <translation>即 {bytes}</translation>
    </message>
</context>
<context>
    <name>GroupingMenu</name>
    <message numerus="yes">
        <source>%n bytes a row</source>
        <translation>
            <numerusform>每行 %n 字节</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n ms of silence</source>
        <translation>
            <numerusform>分包超时 %n ms</numerusform>
        </translation>
    </message>
    <message>
        <source>A row ends after these bytes</source>
        <translation>一行到这些字节为止</translation>
    </message>
    <message>
        <source>A row ends where nothing came for so long</source>
        <translation>超过此时长没有数据时，一行结束</translation>
    </message>
    <message>
        <source>A row is what was read at once</source>
        <translation>每次读取的数据为一行</translation>
    </message>
    <message>
        <source>Change…</source>
        <translation>更改…</translation>
    </message>
    <message>
        <source>Each chunk</source>
        <translation>按数据块</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分包</translation>
    </message>
    <message>
        <source>Lines ending in {delimiter}</source>
        <translation>以 {delimiter} 结尾</translation>
    </message>
    <message>
        <source>Rows of one length</source>
        <translation>各行长度相同</translation>
    </message>
    <message>
        <source>What begins a row, beside a change of direction or client: {what}</source>
        <translation>除方向或客户端改变外，何时另起一行：{what}</translation>
    </message>
</context>
<context>
    <name>GuestsPanel</name>
    <message>
        <source>Ask libvirt which guests there are</source>
        <translation>向 libvirt 查询有哪些虚拟机</translation>
    </message>
    <message>
        <source>Attach</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>COM port (isa-serial)</source>
        <translation>COM 口 (isa-serial)</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>连接地址</translation>
    </message>
    <message>
        <source>Detach</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Give the guest what the text above says</source>
        <translation>将上面的配置应用到虚拟机</translation>
    </message>
    <message>
        <source>Guest</source>
        <translation>虚拟机</translation>
    </message>
    <message>
        <source>Guests of libvirt</source>
        <translation>libvirt 的虚拟机</translation>
    </message>
    <message>
        <source>List guests</source>
        <translation>列出虚拟机</translation>
    </message>
    <message>
        <source>PCI serial card; also while it runs</source>
        <translation>PCI 串口卡；运行中也可添加</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>串口</translation>
    </message>
    <message>
        <source>Shut {name} down and start it: a reboot from inside is not enough.</source>
        <translation>请关闭并启动 {name}：在虚拟机内重启是不够的。</translation>
    </message>
    <message>
        <source>Take it away from the guest again</source>
        <translation>从虚拟机中移除</translation>
    </message>
    <message>
        <source>This guest has four COM ports already. Choose a PCI or USB port.</source>
        <translation>此虚拟机已有四个 COM 口。请选择 PCI 或 USB 串口。</translation>
    </message>
    <message>
        <source>USB serial adapter; also while it runs</source>
        <translation>USB 串口适配器；运行中也可添加</translation>
    </message>
    <message>
        <source>libvirt has no guest there.</source>
        <translation>libvirt 中没有虚拟机。</translation>
    </message>
    <message>
        <source>libvirt said: {said}. Paste the text instead, or try another connection.</source>
        <translation>libvirt 返回：{said}。请改为粘贴文本，或尝试其他连接。</translation>
    </message>
    <message>
        <source>virsh is not installed here (Debian: libvirt-clients). Paste the text instead.</source>
        <translation>本机未安装 virsh（Debian：libvirt-clients）。请改为粘贴文本。</translation>
    </message>
    <message>
        <source>{name} (off)</source>
        <translation>{name}（已关机）</translation>
    </message>
    <message>
        <source>{name} (running)</source>
        <translation>{name}（运行中）</translation>
    </message>
    <message>
        <source>{name} has it so already.</source>
        <translation>{name} 已有此配置。</translation>
    </message>
    <message>
        <source>{name} has it so from its next start on.</source>
        <translation>{name} 下次启动后生效。</translation>
    </message>
</context>
<context>
    <name>HelpMenu</name>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Copy &amp;diagnostics</source>
        <translation>复制诊断信息(&amp;D)</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>复制报告</translation>
    </message>
    <message>
        <source>Diagnostics are on the clipboard: versions, ports, settings, counters, the end of the log. Read them before you pass them on.</source>
        <translation>诊断信息已复制到剪贴板：版本、串口、设置、计数和日志末尾。转发前请先查看。</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>忽略</translation>
    </message>
    <message>
        <source>SerialBridge met an error of its own the last time. Your bridges are all here. A report helps to mend it.</source>
        <translation>SerialBridge 上次遇到了内部错误。您的桥接都在。错误报告有助于修复问题。</translation>
    </message>
</context>
<context>
    <name>HelpPage</name>
    <message>
        <source>&amp;Find</source>
        <translation>查找(&amp;F)</translation>
    </message>
    <message>
        <source>A word, then Enter</source>
        <translation>输入词语，按 Enter</translation>
    </message>
    <message>
        <source>Back to the list of questions</source>
        <translation>返回问题列表</translation>
    </message>
    <message>
        <source>Find in the help</source>
        <translation>在帮助中查找</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Help of SerialBridge</source>
        <translation>SerialBridge 帮助</translation>
    </message>
    <message>
        <source>Questions</source>
        <translation>问题列表</translation>
    </message>
    <message>
        <source>en</source>
        <translation>zh_CN</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>未找到</translation>
    </message>
</context>
<context>
    <name>HighlightDialog</name>
    <message>
        <source>(nothing yet)</source>
        <translation>（尚无内容）</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Add a rule at the end</source>
        <translation>在末尾添加规则</translation>
    </message>
    <message>
        <source>Any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>Blue</source>
        <translation>蓝色</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭 (Esc)</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Direction</source>
        <translation>方向</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Green</source>
        <translation>绿色</translation>
    </message>
    <message>
        <source>Grey</source>
        <translation>灰色</translation>
    </message>
    <message>
        <source>Hex</source>
        <translation>HEX</translation>
    </message>
    <message>
        <source>Highlight rules</source>
        <translation>高亮规则</translation>
    </message>
    <message>
        <source>Let the chosen rule come after the one below it</source>
        <translation>将所选规则移到下一条之后</translation>
    </message>
    <message>
        <source>Let the chosen rule come before the one above it</source>
        <translation>将所选规则移到上一条之前</translation>
    </message>
    <message>
        <source>Match case</source>
        <translation>区分大小写</translation>
    </message>
    <message>
        <source>Net→Serial</source>
        <translation>网络→串口</translation>
    </message>
    <message>
        <source>Orange</source>
        <translation>橙色</translation>
    </message>
    <message>
        <source>Purple</source>
        <translation>紫色</translation>
    </message>
    <message>
        <source>Read as</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Red</source>
        <translation>红色</translation>
    </message>
    <message>
        <source>Regex</source>
        <translation>正则</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Remove the chosen rule</source>
        <translation>删除所选规则</translation>
    </message>
    <message>
        <source>Serial→Net</source>
        <translation>串口→网络</translation>
    </message>
    <message>
        <source>Teal</source>
        <translation>青色</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>The first rule that matches colours the row. Rules apply to the logs of all bridges.</source>
        <translation>由第一条匹配的规则决定行的颜色。规则适用于所有桥接的日志。</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Yellow</source>
        <translation>黄色</translation>
    </message>
</context>
<context>
    <name>HypervisorFields</name>
    <message>
        <source>&amp;Guest&apos;s name</source>
        <translation>虚拟机名称(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Hypervisor</source>
        <translation>虚拟机软件(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;Runs on</source>
        <translation>运行于(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Version</source>
        <translation>版本(&amp;V)</translation>
    </message>
    <message>
        <source>Address of the hypervisor</source>
        <translation>虚拟机软件所在的地址</translation>
    </message>
    <message>
        <source>Guest&apos;s name</source>
        <translation>虚拟机名称</translation>
    </message>
    <message>
        <source>Hyper-V: named pipes only</source>
        <translation>Hyper-V：仅支持命名管道</translation>
    </message>
    <message>
        <source>Hypervisor</source>
        <translation>虚拟机软件</translation>
    </message>
    <message>
        <source>Version of the hypervisor</source>
        <translation>虚拟机软件的版本</translation>
    </message>
    <message>
        <source>Where the hypervisor runs</source>
        <translation>虚拟机软件运行的位置</translation>
    </message>
    <message>
        <source>another computer</source>
        <translation>其他计算机</translation>
    </message>
    <message>
        <source>as VirtualBox lists it</source>
        <translation>VirtualBox 中显示的名称</translation>
    </message>
    <message>
        <source>its IP address, if you know it</source>
        <translation>其 IP 地址（如已知）</translation>
    </message>
    <message>
        <source>not found here; type it</source>
        <translation>本机未找到；请填写</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>{version}, installed here</source>
        <translation>{version}（本机已安装）</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>&amp;Add bridges</source>
        <translation>添加桥接(&amp;A)</translation>
    </message>
    <message>
        <source>Bridges found</source>
        <translation>找到的桥接</translation>
    </message>
    <message>
        <source>Choose what to add. Nothing is started.</source>
        <translation>请选择要添加的桥接。不会启动任何桥接。</translation>
    </message>
    <message>
        <source>Import bridges</source>
        <translation>导入桥接</translation>
    </message>
    <message>
        <source>Line {line}</source>
        <translation>第 {line} 行</translation>
    </message>
    <message>
        <source>No bridge between a serial port and TCP was found.</source>
        <translation>未找到串口与 TCP 之间的桥接。</translation>
    </message>
    <message>
        <source>Not taken over</source>
        <translation>未导入的内容</translation>
    </message>
</context>
<context>
    <name>LineControls</name>
    <message>
        <source>Break</source>
        <translation>Break</translation>
    </message>
    <message>
        <source>Send a break</source>
        <translation>发送 Break</translation>
    </message>
    <message>
        <source>Send a break of {seconds} s: some devices stop or restart then</source>
        <translation>发送 {seconds} s 的 Break：有些设备会因此停止或重启</translation>
    </message>
    <message>
        <source>The bridge is not running</source>
        <translation>桥接未运行</translation>
    </message>
    <message>
        <source>The flow control sets this line</source>
        <translation>此信号线由流控控制</translation>
    </message>
    <message>
        <source>This device cannot do that</source>
        <translation>此设备不支持该操作</translation>
    </message>
    <message>
        <source>This port has no control lines, or none that can be seen now</source>
        <translation>此串口没有控制信号线，或当前无法读取</translation>
    </message>
    <message>
        <source>Turn {line} off</source>
        <translation>关闭 {line}</translation>
    </message>
    <message>
        <source>Turn {line} on</source>
        <translation>打开 {line}</translation>
    </message>
</context>
<context>
    <name>LogCells</name>
    <message>
        <source>#</source>
        <translation>#</translation>
    </message>
    <message numerus="yes">
        <source>%n bytes not shown</source>
        <translation>
            <numerusform>%n 字节未显示</numerusform>
        </translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Event</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Hex</source>
        <translation>HEX</translation>
    </message>
    <message>
        <source>Mixed</source>
        <translation>混合</translation>
    </message>
    <message>
        <source>Net→Serial</source>
        <translation>网络→串口</translation>
    </message>
    <message>
        <source>Not shown</source>
        <translation>未显示</translation>
    </message>
    <message>
        <source>N→S ◀</source>
        <translation>网→串 ◀</translation>
    </message>
    <message>
        <source>Route</source>
        <translation>方向</translation>
    </message>
    <message>
        <source>Serial→Net</source>
        <translation>串口→网络</translation>
    </message>
    <message>
        <source>Since row (s)</source>
        <translation>距上行 (s)</translation>
    </message>
    <message>
        <source>Since turn (s)</source>
        <translation>距换向 (s)</translation>
    </message>
    <message>
        <source>S→N ▶</source>
        <translation>串→网 ▶</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Time (s)</source>
        <translation>时间 (s)</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>local</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>local→{target}</source>
        <translation>本机→{target}</translation>
    </message>
</context>
<context>
    <name>LogPage</name>
    <message>
        <source> MiB</source>
        <translation> MiB</translation>
    </message>
    <message>
        <source> pt</source>
        <translation> 磅</translation>
    </message>
    <message>
        <source>&amp;Bytes, at most</source>
        <translation>字节上限(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Font</source>
        <translation>字体(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Log</source>
        <translation>日志(&amp;L)</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>C&amp;hunks, at most</source>
        <translation>数据块上限(&amp;H)</translation>
    </message>
    <message>
        <source>Each bridge&apos;s log holds so much, then the oldest leave. What passes is never held back.</source>
        <translation>每个桥接的日志最多保留这么多，超出后丢弃最旧的。转发从不受影响。</translation>
    </message>
    <message>
        <source>Font si&amp;ze</source>
        <translation>字号(&amp;Z)</translation>
    </message>
    <message>
        <source>Restore &amp;defaults</source>
        <translation>恢复默认值(&amp;D)</translation>
    </message>
    <message>
        <source>Sample of the font</source>
        <translation>字体示例</translation>
    </message>
    <message>
        <source>The system&apos;s fixed-width font</source>
        <translation>系统等宽字体</translation>
    </message>
</context>
<context>
    <name>LogPane</name>
    <message>
        <source>Colour the rows that match rules of yours</source>
        <translation>按自定义规则为行着色</translation>
    </message>
    <message numerus="yes">
        <source>Copied %n rows</source>
        <translation>
            <numerusform>已复制 %n 行</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Copied %n rows, the first of {selected}</source>
        <translation>
            <numerusform>已复制前 %n 行，共选中 {selected} 行</numerusform>
        </translation>
    </message>
    <message>
        <source>Copy address</source>
        <translation>复制地址</translation>
    </message>
    <message>
        <source>Copy rows</source>
        <translation>复制行</translation>
    </message>
    <message>
        <source>Copy the address to connect to</source>
        <translation>复制要连接的地址</translation>
    </message>
    <message>
        <source>Copy the selected rows as they are shown</source>
        <translation>按显示内容复制选中的行</translation>
    </message>
    <message>
        <source>Grouping rows: {percent} %</source>
        <translation>正在分包：{percent}%</translation>
    </message>
    <message>
        <source>Highlight…</source>
        <translation>高亮…</translation>
    </message>
    <message>
        <source>No row passes the filter.</source>
        <translation>没有符合筛选条件的行。</translation>
    </message>
    <message>
        <source>Open test client</source>
        <translation>打开测试客户端</translation>
    </message>
    <message>
        <source>Paused. New rows are held back until Pause is pressed again.</source>
        <translation>已暂停显示。再次按“暂停显示”后显示新行。</translation>
    </message>
    <message numerus="yes">
        <source>Paused: %n new</source>
        <translation>
            <numerusform>已暂停显示：%n 行新数据</numerusform>
        </translation>
    </message>
    <message>
        <source>See the other end of the bridge</source>
        <translation>查看桥接的另一端</translation>
    </message>
    <message>
        <source>Select rows with bytes to copy them</source>
        <translation>请先选中含有字节的行</translation>
    </message>
    <message>
        <source>Too many rows: the oldest {size} bytes not shown</source>
        <translation>行数过多：最旧的 {size} 字节未显示</translation>
    </message>
    <message>
        <source>Waiting for data.</source>
        <translation>等待数据。</translation>
    </message>
</context>
<context>
    <name>LogTable</name>
    <message>
        <source>Go to the newest row</source>
        <translation>转到最新一行</translation>
    </message>
    <message>
        <source>Go to the newest row and follow (Ctrl+End)</source>
        <translation>转到最新一行并自动滚动 (Ctrl+End)</translation>
    </message>
    <message>
        <source>Traffic log</source>
        <translation>收发日志</translation>
    </message>
    <message numerus="yes">
        <source>▼ %n new</source>
        <translation>
            <numerusform>▼ %n 行新数据</numerusform>
        </translation>
    </message>
    <message>
        <source>▼ Newest</source>
        <translation>▼ 最新</translation>
    </message>
</context>
<context>
    <name>LogToolbar</name>
    <message>
        <source>ASCII</source>
        <translation>ASCII</translation>
    </message>
    <message>
        <source>Big5 (traditional Chinese)</source>
        <translation>Big5（繁体中文）</translation>
    </message>
    <message>
        <source>Both</source>
        <translation>双栏</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Empty the display; can be undone</source>
        <translation>清空显示；可撤销</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>编码</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>自动滚动</translation>
    </message>
    <message>
        <source>GB18030 (simplified Chinese)</source>
        <translation>GB18030（简体中文）</translation>
    </message>
    <message>
        <source>Hex</source>
        <translation>HEX</translation>
    </message>
    <message>
        <source>Hold new rows back; bytes go on passing and being logged</source>
        <translation>暂不显示新行；转发和日志照常进行</translation>
    </message>
    <message>
        <source>How bytes are read as text: {encoding}</source>
        <translation>字节按何种编码显示为文本：{encoding}</translation>
    </message>
    <message>
        <source>Keep the newest row in sight</source>
        <translation>始终显示最新一行</translation>
    </message>
    <message>
        <source>Latin-1 (Western European)</source>
        <translation>Latin-1（西欧）</translation>
    </message>
    <message>
        <source>Mixed</source>
        <translation>混合</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停显示</translation>
    </message>
    <message>
        <source>Show again what was cleared</source>
        <translation>恢复已清空的内容</translation>
    </message>
    <message>
        <source>Show hex and text side by side</source>
        <translation>并排显示 HEX 和文本</translation>
    </message>
    <message>
        <source>Show text, and other bytes as hex in brackets</source>
        <translation>显示文本，其他字节以尖括号中的 HEX 表示</translation>
    </message>
    <message>
        <source>Show the bytes as text</source>
        <translation>以文本显示</translation>
    </message>
    <message>
        <source>Show the bytes in hex</source>
        <translation>以 HEX 显示</translation>
    </message>
    <message>
        <source>Since the direction changed</source>
        <translation>距方向改变</translation>
    </message>
    <message>
        <source>Since the first row</source>
        <translation>距第一行</translation>
    </message>
    <message>
        <source>Since the previous row</source>
        <translation>距上一行</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Time of day</source>
        <translation>当前时刻</translation>
    </message>
    <message>
        <source>UTF-8</source>
        <translation>UTF-8</translation>
    </message>
    <message>
        <source>Undo clear</source>
        <translation>撤销清空</translation>
    </message>
    <message>
        <source>What the time column counts: {mode}</source>
        <translation>时间列的计时方式：{mode}</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>&amp;About SerialBridge</source>
        <translation>关于 SerialBridge(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Clients…</source>
        <translation>客户端(&amp;C)…</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Look for ports again</source>
        <translation>重新扫描串口(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;New bridge</source>
        <translation>新建桥接(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Previous bridge</source>
        <translation>上一个桥接(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Settings…</source>
        <translation>设置(&amp;S)…</translation>
    </message>
    <message>
        <source>&amp;Sidebar</source>
        <translation>侧边栏(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Start or stop</source>
        <translation>启动或停止(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>About SerialBridge</source>
        <translation>关于 SerialBridge</translation>
    </message>
    <message>
        <source>B&amp;ridge</source>
        <translation>桥接(&amp;R)</translation>
    </message>
    <message>
        <source>Bridge</source>
        <translation>桥接</translation>
    </message>
    <message>
        <source>Ne&amp;xt bridge</source>
        <translation>下一个桥接(&amp;X)</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>S&amp;tatistics…</source>
        <translation>统计(&amp;T)…</translation>
    </message>
    <message>
        <source>SerialBridge {version}
Puts a serial port on TCP, byte for byte, and shows what passes.</source>
        <translation>SerialBridge {version}
把串口逐字节透传到 TCP，并显示收发的数据。</translation>
    </message>
    <message>
        <source>T&amp;est client…</source>
        <translation>测试客户端(&amp;E)…</translation>
    </message>
    <message>
        <source>Use in a &amp;virtual machine…</source>
        <translation>在虚拟机中使用(&amp;V)…</translation>
    </message>
</context>
<context>
    <name>MessageControls</name>
    <message>
        <source>Bytes in hex; spaces, commas and 0x may stand between them</source>
        <translation>HEX 字节；可用空格、逗号和 0x 分隔</translation>
    </message>
    <message>
        <source>Checksum</source>
        <translation>校验和</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>编码</translation>
    </message>
    <message>
        <source>Hex</source>
        <translation>HEX</translation>
    </message>
    <message>
        <source>How characters become bytes; hex has no use for it</source>
        <translation>字符转换为字节的方式；对 HEX 无效</translation>
    </message>
    <message>
        <source>Line ending</source>
        <translation>行尾</translation>
    </message>
    <message>
        <source>Message to send</source>
        <translation>要发送的内容</translation>
    </message>
    <message>
        <source>Of the message&apos;s bytes, sent behind them; Modbus and CRC-32 low byte first</source>
        <translation>对内容计算并附加在其后；Modbus 和 CRC-32 低字节在前</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Text, with \r \n \t \0 \\ \xNN for bytes that cannot be typed</source>
        <translation>文本；无法键入的字节用 \r \n \t \0 \\ \xNN 表示</translation>
    </message>
    <message>
        <source>Text; \r \n \t \0 \\ \xNN stand for bytes</source>
        <translation>文本；\r \n \t \0 \\ \xNN 表示字节</translation>
    </message>
    <message>
        <source>The message is hex</source>
        <translation>按 HEX 发送</translation>
    </message>
    <message>
        <source>The message is text</source>
        <translation>按文本发送</translation>
    </message>
    <message>
        <source>What is sent behind the message and its checksum</source>
        <translation>附加在内容和校验和之后</translation>
    </message>
</context>
<context>
    <name>MessageRow</name>
    <message>
        <source>Edit the messages</source>
        <translation>编辑快捷消息</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Keep the message</source>
        <translation>收藏此消息</translation>
    </message>
    <message>
        <source>Name, change, sort and remove the messages in this row</source>
        <translation>命名、修改、排序和删除此行中的消息</translation>
    </message>
    <message>
        <source>Put what is typed into this row, to send it again with one click</source>
        <translation>把当前内容加入此行，以后可一键发送</translation>
    </message>
    <message>
        <source>Send “{name}”</source>
        <translation>发送“{name}”</translation>
    </message>
    <message>
        <source>There are {count} messages already: remove one first</source>
        <translation>已有 {count} 条消息：请先删除一条</translation>
    </message>
</context>
<context>
    <name>MessagesDialog</name>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Add a message</source>
        <translation>添加消息</translation>
    </message>
    <message>
        <source>Checksum</source>
        <translation>校验和</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭 (Esc)</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Encoding</source>
        <translation>编码</translation>
    </message>
    <message>
        <source>Line ending</source>
        <translation>行尾</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>Message {number}</source>
        <translation>消息 {number}</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>快捷消息</translation>
    </message>
    <message>
        <source>Move this message down</source>
        <translation>下移此消息</translation>
    </message>
    <message>
        <source>Move this message up; the first nine have Alt+1 to Alt+9</source>
        <translation>上移此消息；前九条的快捷键为 Alt+1 到 Alt+9</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Name of the message</source>
        <translation>消息名称</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Remove this message</source>
        <translation>删除此消息</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>上移</translation>
    </message>
</context>
<context>
    <name>NetworkFields</name>
    <message>
        <source>Allowed addresses</source>
        <translation>允许的地址</translation>
    </message>
    <message>
        <source>Announce on the network (mDNS)</source>
        <translation>在网络上广播 (mDNS)</translation>
    </message>
    <message>
        <source>Anyone who reaches the address</source>
        <translation>能访问该地址的任何人</translation>
    </message>
    <message>
        <source>At most {count} addresses and networks can be allowed.</source>
        <translation>最多允许 {count} 个地址和网段。</translation>
    </message>
    <message>
        <source>Connect to</source>
        <translation>连接到</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>连接方式</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>In raw mode: any web page can have a browser send a request to this port,</source>
        <translation>透传模式下：任何网页都能让浏览器向此端口发送请求，</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>Name or IP address</source>
        <translation>主机名或 IP 地址</translation>
    </message>
    <message>
        <source>Only for a bridge that connects by itself</source>
        <translation>仅用于主动连接的桥接</translation>
    </message>
    <message>
        <source>Only these may connect: addresses such as 192.168.1.20, networks such as 192.168.1.0/24,</source>
        <translation>仅允许这些地址连接：地址如 192.168.1.20，网段如 192.168.1.0/24，</translation>
    </message>
    <message>
        <source>Only while it listens on an address that they can reach.</source>
        <translation>仅当监听地址可被其他计算机访问时有效。</translation>
    </message>
    <message>
        <source>Other computers find the bridge by its name (Bonjour, Avahi).</source>
        <translation>其他计算机可按名称找到此桥接 (Bonjour, Avahi)。</translation>
    </message>
    <message>
        <source>Port number of the host</source>
        <translation>主机端口号</translation>
    </message>
    <message>
        <source>RFC 2217 (Telnet)</source>
        <translation>RFC 2217 (Telnet)</translation>
    </message>
    <message>
        <source>Raw (transparent)</source>
        <translation>透传 (Raw)</translation>
    </message>
    <message>
        <source>Raw for most programs; RFC 2217 for those that speak it, to set baud rate and lines as well</source>
        <translation>大多数程序用透传；支持 RFC 2217 的程序还可设置波特率和信号线</translation>
    </message>
    <message>
        <source>Refuse web pages (HTTP requests)</source>
        <translation>拒绝网页（HTTP 请求）</translation>
    </message>
    <message>
        <source>Say which host to connect to.</source>
        <translation>请填写要连接的主机。</translation>
    </message>
    <message>
        <source>The TCP port number there</source>
        <translation>对方的 TCP 端口号</translation>
    </message>
    <message>
        <source>The name or IP address that this bridge connects to</source>
        <translation>此桥接要连接的主机名或 IP 地址</translation>
    </message>
    <message>
        <source>Wait for clients</source>
        <translation>等待客户端</translation>
    </message>
    <message>
        <source>Who connects to whom: the programs here, or this bridge</source>
        <translation>由谁发起连接：程序连接本桥接，或本桥接主动连接</translation>
    </message>
    <message>
        <source>and the device would get it. Off for a device that itself speaks HTTP.</source>
        <translation>而设备会收到它。设备本身使用 HTTP 时请关闭此项。</translation>
    </message>
    <message>
        <source>with commas or spaces between them.</source>
        <translation>以逗号或空格分隔。</translation>
    </message>
    <message>
        <source>“{entry}” is no address and no network such as 192.168.1.0/24.</source>
        <translation>“{entry}”不是地址，也不是 192.168.1.0/24 这样的网段。</translation>
    </message>
    <message>
        <source>“{host}” is no host name and no IP address.</source>
        <translation>“{host}”不是主机名，也不是 IP 地址。</translation>
    </message>
</context>
<context>
    <name>NewBridgePage</name>
    <message>
        <source>&amp;Baud rate</source>
        <translation>波特率(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Format</source>
        <translation>数据格式(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Mode</source>
        <translation>模式(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;New bridges</source>
        <translation>新建桥接(&amp;N)</translation>
    </message>
    <message>
        <source>A new bridge begins with these. The bridges that are there stay as they are.</source>
        <translation>新建桥接时使用这些设置。已有的桥接不变。</translation>
    </message>
    <message>
        <source>A new bridge takes the next free one</source>
        <translation>新桥接使用下一个空闲端口</translation>
    </message>
    <message>
        <source>Anyone on the network can control the device of a new bridge.</source>
        <translation>网络上任何人都能控制新桥接的设备。</translation>
    </message>
    <message>
        <source>Cl&amp;ients</source>
        <translation>客户端(&amp;I)</translation>
    </message>
    <message>
        <source>DSR/DTR</source>
        <translation>硬件流控 (DSR/DTR)</translation>
    </message>
    <message>
        <source>Data bits, parity, stop bits</source>
        <translation>数据位、校验位、停止位</translation>
    </message>
    <message>
        <source>First listen &amp;port</source>
        <translation>起始监听端口(&amp;P)</translation>
    </message>
    <message>
        <source>Flo&amp;w control</source>
        <translation>流控(&amp;W)</translation>
    </message>
    <message>
        <source>Local network</source>
        <translation>允许局域网访问</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>One; a new one takes over</source>
        <translation>一个；新连接取代旧连接</translation>
    </message>
    <message>
        <source>One; others are refused</source>
        <translation>一个；拒绝其他</translation>
    </message>
    <message>
        <source>R&amp;eached by</source>
        <translation>访问范围(&amp;E)</translation>
    </message>
    <message>
        <source>RFC 2217 (Telnet)</source>
        <translation>RFC 2217 (Telnet)</translation>
    </message>
    <message>
        <source>RTS/CTS</source>
        <translation>硬件流控 (RTS/CTS)</translation>
    </message>
    <message>
        <source>Raw (transparent)</source>
        <translation>透传 (Raw)</translation>
    </message>
    <message>
        <source>Several; all may write</source>
        <translation>多个；均可写</translation>
    </message>
    <message>
        <source>Several; the first one writes</source>
        <translation>多个；仅第一个可写</translation>
    </message>
    <message>
        <source>This computer only</source>
        <translation>仅本机</translation>
    </message>
    <message>
        <source>XON/XOFF</source>
        <translation>软件流控 (XON/XOFF)</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message numerus="yes">
        <source>%n clients refused</source>
        <translation>
            <numerusform>拒绝了 %n 个客户端</numerusform>
        </translation>
    </message>
    <message>
        <source>Client refused</source>
        <translation>已拒绝客户端</translation>
    </message>
    <message>
        <source>Device is back</source>
        <translation>设备已恢复</translation>
    </message>
    <message>
        <source>Device lost</source>
        <translation>设备已断开</translation>
    </message>
    <message numerus="yes">
        <source>Devices came back, %n times</source>
        <translation>
            <numerusform>设备恢复 %n 次</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Devices lost, %n times</source>
        <translation>
            <numerusform>设备断开 %n 次</numerusform>
        </translation>
    </message>
    <message>
        <source>{bridge}: {what}</source>
        <translation>{bridge}：{what}</translation>
    </message>
</context>
<context>
    <name>Offer</name>
    <message>
        <source>Copy the command</source>
        <translation>复制命令</translation>
    </message>
    <message>
        <source>The bridge “{name}” listens on {address} already.</source>
        <translation>桥接“{name}”已在监听 {address}。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Use this computer only</source>
        <translation>改为仅本机</translation>
    </message>
    <message>
        <source>Use this one</source>
        <translation>使用此设备</translation>
    </message>
    <message>
        <source>Use {baud}</source>
        <translation>改用 {baud}</translation>
    </message>
    <message>
        <source>Use {port}</source>
        <translation>改用 {port}</translation>
    </message>
</context>
<context>
    <name>OverflowButton</name>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>What has no room here</source>
        <translation>放不下的项目</translation>
    </message>
</context>
<context>
    <name>PlaybackRow</name>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Captures (*.pcapng *.pcap *.csv)</source>
        <translation>抓包文件 (*.pcapng *.pcap *.csv)</translation>
    </message>
    <message>
        <source>How fast a capture is played</source>
        <translation>回放速度</translation>
    </message>
    <message>
        <source>How fast a capture is played, beside its own pace</source>
        <translation>相对于原始节奏的回放速度</translation>
    </message>
    <message>
        <source>Play a capture</source>
        <translation>回放抓包文件</translation>
    </message>
    <message>
        <source>Play a capture…</source>
        <translation>回放抓包文件…</translation>
    </message>
    <message>
        <source>Play no more of the capture</source>
        <translation>不再继续回放</translation>
    </message>
    <message>
        <source>Send what a pcapng, pcap or csv capture holds, at the pace it was captured</source>
        <translation>按抓取时的节奏发送 pcapng、pcap 或 csv 抓包文件的内容</translation>
    </message>
    <message>
        <source>Stop playing</source>
        <translation>停止回放</translation>
    </message>
    <message>
        <source>Stop playing the capture</source>
        <translation>停止回放抓包文件</translation>
    </message>
    <message>
        <source>at its own pace</source>
        <translation>原始节奏</translation>
    </message>
    <message>
        <source>goes on in {seconds} s</source>
        <translation>{seconds} s 后继续</translation>
    </message>
    <message>
        <source>playing a capture: {count} bytes sent</source>
        <translation>正在回放：已发送 {count} 字节</translation>
    </message>
    <message>
        <source>without pauses</source>
        <translation>无停顿</translation>
    </message>
    <message>
        <source>{speed} ×</source>
        <translation>{speed} ×</translation>
    </message>
</context>
<context>
    <name>PortPicker</name>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Captures (*.pcapng *.pcap *.csv)</source>
        <translation>抓包文件 (*.pcapng *.pcap *.csv)</translation>
    </message>
    <message>
        <source>Choose a port, or type a path or URL</source>
        <translation>选择串口，或输入路径或 URL</translation>
    </message>
    <message>
        <source>No serial port: plug in the adapter; the list updates itself</source>
        <translation>没有串口：请插入适配器，列表会自动更新</translation>
    </message>
    <message>
        <source>Plays what a device once sent, at its own pace. To answer what it is asked, add &amp;wait=1</source>
        <translation>按原始节奏回放设备曾发送的数据。若要按请求应答，请加上 &amp;wait=1</translation>
    </message>
    <message>
        <source>Replay a saved capture</source>
        <translation>回放保存的抓包文件</translation>
    </message>
    <message>
        <source>Replay a saved capture… (sim://replay)</source>
        <translation>回放保存的抓包文件… (sim://replay)</translation>
    </message>
    <message>
        <source>Simulated device that echoes (sim://echo)</source>
        <translation>模拟设备：回显 (sim://echo)</translation>
    </message>
    <message>
        <source>Simulated device that talks and echoes (sim://talker)</source>
        <translation>模拟设备：定时发送并回显 (sim://talker)</translation>
    </message>
</context>
<context>
    <name>ProfileActions</name>
    <message>
        <source>&amp;Delete bridge</source>
        <translation>删除桥接(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Export…</source>
        <translation>导出(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Group</source>
        <translation>分组(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Import…</source>
        <translation>导入(&amp;I)…</translation>
    </message>
    <message>
        <source>&amp;Rename</source>
        <translation>重命名(&amp;R)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>D&amp;uplicate</source>
        <translation>复制为新桥接(&amp;U)</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Dissolve group</source>
        <translation>解散分组</translation>
    </message>
    <message>
        <source>Export &amp;all…</source>
        <translation>全部导出(&amp;A)…</translation>
    </message>
    <message>
        <source>Export all profiles to a folder</source>
        <translation>将全部连接配置导出到文件夹</translation>
    </message>
    <message>
        <source>Export profile</source>
        <translation>导出连接配置</translation>
    </message>
    <message>
        <source>Exported to {file}.</source>
        <translation>已导出到 {file}。</translation>
    </message>
    <message>
        <source>Exported to {folder}, files: {count}.</source>
        <translation>已导出到 {folder}，共 {count} 个文件。</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Imported bridges: {count}. None is started.</source>
        <translation>已导入 {count} 个桥接，均未启动。</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>New group</source>
        <translation>新建分组</translation>
    </message>
    <message>
        <source>No group</source>
        <translation>不分组</translation>
    </message>
    <message>
        <source>Profile (*.serialbridge)</source>
        <translation>连接配置 (*.serialbridge)</translation>
    </message>
    <message>
        <source>Profiles, ser2net, socat (*.serialbridge *.yaml *.yml *.conf *.sh *.service)</source>
        <translation>连接配置、ser2net、socat (*.serialbridge *.yaml *.yml *.conf *.sh *.service)</translation>
    </message>
    <message>
        <source>Rename group</source>
        <translation>重命名分组</translation>
    </message>
    <message>
        <source>“{name}” is running. Stop and delete it?</source>
        <translation>“{name}”正在运行。停止并删除它？</translation>
    </message>
</context>
<context>
    <name>RateChart</name>
    <message>
        <source>Bytes per second in the last five minutes</source>
        <translation>最近五分钟每秒字节数</translation>
    </message>
    <message>
        <source>Net→Serial ◀</source>
        <translation>网络→串口 ◀</translation>
    </message>
    <message>
        <source>Serial→Net {to_net}; Net→Serial {to_serial} in 5 minutes</source>
        <translation>5 分钟内：串口→网络 {to_net}；网络→串口 {to_serial}</translation>
    </message>
    <message>
        <source>Serial→Net ▶</source>
        <translation>串口→网络 ▶</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>{minutes} min ago</source>
        <translation>{minutes} 分钟前</translation>
    </message>
    <message>
        <source>{rate} now, at most {highest}</source>
        <translation>当前 {rate}，最高 {highest}</translation>
    </message>
    <message>
        <source>{time} ago: Serial→Net {to_net}, Net→Serial {to_serial}</source>
        <translation>{time} 前：串口→网络 {to_net}，网络→串口 {to_serial}</translation>
    </message>
</context>
<context>
    <name>RateSparkline</name>
    <message>
        <source>Statistics</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>{rates}
Click for statistics</source>
        <translation>{rates}
单击查看统计</translation>
    </message>
</context>
<context>
    <name>Recorder</name>
    <message>
        <source>Hex dump for reading (*.txt)</source>
        <translation>便于阅读的 HEX 转储 (*.txt)</translation>
    </message>
    <message>
        <source>Record to file</source>
        <translation>录制到文件</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>录制</translation>
    </message>
    <message>
        <source>Recording to {file} · {size} bytes · {time}</source>
        <translation>正在录制到 {file} · {size} 字节 · {time}</translation>
    </message>
    <message>
        <source>Table for spreadsheets (*.csv)</source>
        <translation>电子表格 (*.csv)</translation>
    </message>
    <message>
        <source>The bytes alone, both directions (*.bin)</source>
        <translation>仅原始字节，双向 (*.bin)</translation>
    </message>
    <message>
        <source>Wireshark capture (*.pcapng)</source>
        <translation>Wireshark 抓包文件 (*.pcapng)</translation>
    </message>
    <message>
        <source>Write the traffic to a file while it passes, until this is pressed again</source>
        <translation>把收发数据实时写入文件，再按一次停止</translation>
    </message>
    <message>
        <source>{count} bytes are missing, the disk is too slow</source>
        <translation>磁盘过慢，文件缺少 {count} 字节</translation>
    </message>
    <message>
        <source>● Record to file</source>
        <translation>● 录制到文件</translation>
    </message>
</context>
<context>
    <name>Recording</name>
    <message>
        <source>{file} is what is played, and recording would destroy it. Choose another file.</source>
        <translation>{file} 正在回放，录制会破坏它。请选择其他文件。</translation>
    </message>
</context>
<context>
    <name>Requests</name>
    <message>
        <source>SerialBridge is open already, and that window does not answer. Close it before you edit a bridge here: of what both change, the last one stays.</source>
        <translation>SerialBridge 已经打开，但那个窗口没有响应。请先关闭它，再在此编辑桥接：两边都修改时，以最后一次为准。</translation>
    </message>
</context>
<context>
    <name>RouteMenus</name>
    <message>
        <source>All clients</source>
        <translation>全部客户端</translation>
    </message>
    <message>
        <source>All directions</source>
        <translation>全部方向</translation>
    </message>
    <message>
        <source>Client #{number}</source>
        <translation>客户端 #{number}</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Net→Serial</source>
        <translation>网络→串口</translation>
    </message>
    <message>
        <source>No direction</source>
        <translation>无方向</translation>
    </message>
    <message>
        <source>Serial→Net</source>
        <translation>串口→网络</translation>
    </message>
    <message>
        <source>Which directions to show</source>
        <translation>显示哪些方向</translation>
    </message>
    <message>
        <source>Whose rows to show: what a client sent, and what was sent to it</source>
        <translation>显示哪个客户端的行：它发送的和发给它的</translation>
    </message>
</context>
<context>
    <name>RunningPage</name>
    <message>
        <source>&amp;Closing the window while bridges run</source>
        <translation>桥接运行时关闭窗口(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Running</source>
        <translation>运行(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Start with the system, minimized, with the bridges that were running</source>
        <translation>开机启动，最小化，并启动上次运行的桥接(&amp;S)</translation>
    </message>
    <message>
        <source>Ask once</source>
        <translation>询问一次</translation>
    </message>
    <message>
        <source>At the start, start the &amp;bridges that were running</source>
        <translation>程序启动时，启动上次运行的桥接(&amp;B)</translation>
    </message>
    <message>
        <source>By the tray, while the window is not in front; at most every 10 s</source>
        <translation>窗口不在前台时通过托盘通知；最多每 10 s 一次</translation>
    </message>
    <message>
        <source>Keep running in the tray</source>
        <translation>在托盘中继续运行</translation>
    </message>
    <message>
        <source>N&amp;otify: device lost, device back, client refused</source>
        <translation>通知：设备断开、设备恢复、拒绝客户端(&amp;O)</translation>
    </message>
    <message>
        <source>Stop and quit</source>
        <translation>停止并退出</translation>
    </message>
    <message>
        <source>This desktop has no tray: closing stops the bridges and quits, and says so.</source>
        <translation>此桌面没有托盘：关闭时会提示，然后停止桥接并退出。</translation>
    </message>
    <message>
        <source>With “Keep running in the tray” it begins there. For your account only, from your next login on.</source>
        <translation>若选择“在托盘中继续运行”，则启动到托盘。仅对当前账户，下次登录起生效。</translation>
    </message>
</context>
<context>
    <name>SaveMenu</name>
    <message>
        <source>A bin file holds bytes and nothing else. Which ones?</source>
        <translation>bin 文件只包含原始字节。要保存哪些？</translation>
    </message>
    <message>
        <source>Both, as they came</source>
        <translation>双向，按到达顺序</translation>
    </message>
    <message>
        <source>Every chunk of the log, with its own time</source>
        <translation>日志的全部数据块，各带时间戳</translation>
    </message>
    <message>
        <source>Hex dump for reading (*.txt)</source>
        <translation>便于阅读的 HEX 转储 (*.txt)</translation>
    </message>
    <message>
        <source>Net→Serial</source>
        <translation>网络→串口</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Save all…</source>
        <translation>保存全部…</translation>
    </message>
    <message>
        <source>Save bytes</source>
        <translation>保存字节</translation>
    </message>
    <message>
        <source>Save selection…</source>
        <translation>保存选中行…</translation>
    </message>
    <message>
        <source>Save traffic</source>
        <translation>保存收发数据</translation>
    </message>
    <message>
        <source>Save traffic to a file: pcapng, csv, txt or bin</source>
        <translation>把收发数据保存为文件：pcapng、csv、txt 或 bin</translation>
    </message>
    <message>
        <source>Save what the filter leaves…</source>
        <translation>保存筛选结果…</translation>
    </message>
    <message>
        <source>Saved {name}</source>
        <translation>已保存 {name}</translation>
    </message>
    <message>
        <source>Saved {name}; rows that had left the log: {count}</source>
        <translation>已保存 {name}；已不在日志中的行：{count}</translation>
    </message>
    <message>
        <source>Serial→Net</source>
        <translation>串口→网络</translation>
    </message>
    <message>
        <source>Table for spreadsheets (*.csv)</source>
        <translation>电子表格 (*.csv)</translation>
    </message>
    <message>
        <source>The bytes alone (*.bin)</source>
        <translation>仅原始字节 (*.bin)</translation>
    </message>
    <message>
        <source>The rows that the filter shows</source>
        <translation>筛选后显示的行</translation>
    </message>
    <message>
        <source>The selected rows</source>
        <translation>选中的行</translation>
    </message>
    <message>
        <source>Wireshark capture (*.pcapng)</source>
        <translation>Wireshark 抓包文件 (*.pcapng)</translation>
    </message>
    <message>
        <source>{name} was not saved</source>
        <translation>{name} 未保存</translation>
    </message>
</context>
<context>
    <name>SaveProgress</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel saving</source>
        <translation>取消保存</translation>
    </message>
    <message>
        <source>Saving {name}</source>
        <translation>正在保存 {name}</translation>
    </message>
    <message>
        <source>Stop saving; no file is left</source>
        <translation>停止保存；不会留下文件</translation>
    </message>
</context>
<context>
    <name>SendForm</name>
    <message>
        <source> ms</source>
        <translation> ms</translation>
    </message>
    <message numerus="yes">
        <source>%n beats skipped</source>
        <translation>
            <numerusform>跳过 %n 次</numerusform>
        </translation>
    </message>
    <message>
        <source>A file is being sent there</source>
        <translation>正在向该目标发送文件</translation>
    </message>
    <message>
        <source>By hand, since the start: {told}</source>
        <translation>启动以来的手动发送：{told}</translation>
    </message>
    <message>
        <source>Client #{number} is not connected</source>
        <translation>客户端 #{number} 未连接</translation>
    </message>
    <message>
        <source>From the beginning of one to the beginning of the next: 10 ms to 24 h</source>
        <translation>从一次发送开始到下一次开始：10 ms 到 24 h</translation>
    </message>
    <message>
        <source>Interval of repeating, in ms</source>
        <translation>间隔(ms)</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>No client is connected</source>
        <translation>没有客户端连接</translation>
    </message>
    <message>
        <source>Not sent: too much is waiting to be sent already</source>
        <translation>未发送：待发数据过多</translation>
    </message>
    <message>
        <source>Repeat every</source>
        <translation>定时发送</translation>
    </message>
    <message>
        <source>Repeat the message</source>
        <translation>定时发送此内容</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Send the message</source>
        <translation>发送此内容</translation>
    </message>
    <message>
        <source>Send the message ({key})</source>
        <translation>发送此内容 ({key})</translation>
    </message>
    <message>
        <source>Send the message now and at every beat; a beat is skipped while the last is not out</source>
        <translation>立即发送，并按间隔重复；上一次未发完时跳过本次</translation>
    </message>
    <message>
        <source>Send to</source>
        <translation>发送到</translation>
    </message>
    <message>
        <source>The bridge is not running</source>
        <translation>桥接未运行</translation>
    </message>
    <message>
        <source>There is nothing to send</source>
        <translation>没有可发送的内容</translation>
    </message>
    <message>
        <source>To #{number}  {address}</source>
        <translation>发到 #{number}  {address}</translation>
    </message>
    <message>
        <source>To #{number} (gone)</source>
        <translation>发到 #{number}（已断开）</translation>
    </message>
    <message>
        <source>To all clients</source>
        <translation>发到所有客户端</translation>
    </message>
    <message>
        <source>To the serial device</source>
        <translation>发到串口设备</translation>
    </message>
    <message>
        <source>Who gets what is sent</source>
        <translation>发送目标</translation>
    </message>
    <message numerus="yes">
        <source>repeated %n times</source>
        <translation>
            <numerusform>已重复 %n 次</numerusform>
        </translation>
    </message>
    <message>
        <source>{count} lost</source>
        <translation>丢失 {count}</translation>
    </message>
    <message>
        <source>{count} sent</source>
        <translation>已发送 {count}</translation>
    </message>
    <message>
        <source>{count} waiting</source>
        <translation>等待 {count}</translation>
    </message>
</context>
<context>
    <name>SendMemory</name>
    <message>
        <source>The file of the saved messages is broken, and was set aside as {file}</source>
        <translation>快捷消息文件已损坏，已另存为 {file}</translation>
    </message>
    <message>
        <source>The saved messages cannot be read from {file}: {detail}</source>
        <translation>无法从 {file} 读取快捷消息：{detail}</translation>
    </message>
    <message>
        <source>The saved messages cannot be written to {file}: {detail}</source>
        <translation>无法将快捷消息写入 {file}：{detail}</translation>
    </message>
</context>
<context>
    <name>SendPanel</name>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Send bytes to the device or to clients ({key})</source>
        <translation>向设备或客户端发送数据 ({key})</translation>
    </message>
</context>
<context>
    <name>SerialFields</name>
    <message>
        <source>Ask the driver to hand bytes on at once; with an FTDI adapter after 1 ms instead of 16.</source>
        <translation>要求驱动立即交付字节；FTDI 适配器由 16 ms 缩短到 1 ms。</translation>
    </message>
    <message>
        <source>DSR/DTR</source>
        <translation>硬件流控 (DSR/DTR)</translation>
    </message>
    <message>
        <source>DTR at start</source>
        <translation>启动时 DTR</translation>
    </message>
    <message>
        <source>DTR at stop</source>
        <translation>停止时 DTR</translation>
    </message>
    <message>
        <source>Data bits</source>
        <translation>数据位</translation>
    </message>
    <message>
        <source>Even</source>
        <translation>偶校验</translation>
    </message>
    <message>
        <source>Flow control</source>
        <translation>流控</translation>
    </message>
    <message>
        <source>Leave as it is</source>
        <translation>保持原状</translation>
    </message>
    <message>
        <source>Linux and macOS turn it on whenever they open a port, for some ms, whatever is chosen here:</source>
        <translation>无论此处如何选择，Linux 和 macOS 打开串口时总会将其置位数毫秒：</translation>
    </message>
    <message>
        <source>Linux only; where the driver has no such thing, nothing happens.</source>
        <translation>仅限 Linux；驱动不支持时不起作用。</translation>
    </message>
    <message>
        <source>Low latency</source>
        <translation>低延迟</translation>
    </message>
    <message>
        <source>Mark</source>
        <translation>标记 (Mark)</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无校验</translation>
    </message>
    <message>
        <source>None</source>
        <comment>flow control</comment>
        <translation>无</translation>
    </message>
    <message>
        <source>Odd</source>
        <translation>奇校验</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Off: the line drops, as it does by itself; a modem hangs up.</source>
        <translation>关：信号线变为无效（默认行为）；调制解调器会挂断。</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>On, Leave as it is: the line stays, so that the next start does not reset an Arduino.</source>
        <translation>开、保持原状：信号线不变，下次启动不会复位 Arduino。</translation>
    </message>
    <message>
        <source>Parity</source>
        <translation>校验位</translation>
    </message>
    <message>
        <source>RTS at start</source>
        <translation>启动时 RTS</translation>
    </message>
    <message>
        <source>RTS at stop</source>
        <translation>停止时 RTS</translation>
    </message>
    <message>
        <source>RTS/CTS</source>
        <translation>硬件流控 (RTS/CTS)</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空格 (Space)</translation>
    </message>
    <message>
        <source>Stop bits</source>
        <translation>停止位</translation>
    </message>
    <message>
        <source>What the line is set to once the port is open.</source>
        <translation>串口打开后信号线的状态。</translation>
    </message>
    <message>
        <source>Windows drops it in any case.</source>
        <translation>Windows 总会将其置为无效。</translation>
    </message>
    <message>
        <source>XON/XOFF</source>
        <translation>软件流控 (XON/XOFF)</translation>
    </message>
    <message>
        <source>a board that resets on it does so, unless the line was left on at the last stop.</source>
        <translation>会因此复位的开发板将复位，除非上次停止时保持了该信号线。</translation>
    </message>
    <message>
        <source>no flow</source>
        <translation>无流控</translation>
    </message>
    <message>
        <source>{bits}-{parity}-{stop}, {flow}</source>
        <translation>{bits}-{parity}-{stop}，{flow}</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>OK</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Pages of the settings</source>
        <translation>设置页面</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
</context>
<context>
    <name>SettingsFile</name>
    <message>
        <source>The settings cannot be written to {file}: {detail}. They hold until the program ends.</source>
        <translation>无法将设置写入 {file}：{detail}。设置在程序退出前有效。</translation>
    </message>
    <message>
        <source>The settings were broken; they are in {file} now, and the defaults hold.</source>
        <translation>设置文件已损坏，已另存为 {file}，现使用默认设置。</translation>
    </message>
</context>
<context>
    <name>SettingsForm</name>
    <message>
        <source>&amp;Baud rate</source>
        <translation>波特率(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Listen</source>
        <translation>监听(&amp;L)</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>Baud rate</source>
        <translation>波特率</translation>
    </message>
    <message>
        <source>Choose a serial port first.</source>
        <translation>请先选择串口。</translation>
    </message>
    <message>
        <source>Copy tcp://{address}</source>
        <translation>复制 tcp://{address}</translation>
    </message>
    <message>
        <source>Copy the address that programs connect to</source>
        <translation>复制供程序连接的地址</translation>
    </message>
    <message>
        <source>Copy the address that this bridge connects to</source>
        <translation>复制此桥接要连接的地址</translation>
    </message>
    <message>
        <source>Data bits, parity, stop bits, flow control, lines and clients</source>
        <translation>数据位、校验位、停止位、流控、信号线和客户端</translation>
    </message>
    <message>
        <source>Listen address</source>
        <translation>监听地址</translation>
    </message>
    <message>
        <source>Listen port</source>
        <translation>监听端口</translation>
    </message>
    <message>
        <source>Local network</source>
        <translation>允许局域网访问</translation>
    </message>
    <message>
        <source>Look for ports again (F5)</source>
        <translation>重新扫描串口 (F5)</translation>
    </message>
    <message>
        <source>Mode, who connects, who may connect, TLS</source>
        <translation>模式、连接方式、访问限制、TLS</translation>
    </message>
    <message>
        <source>RFC 2217</source>
        <translation>RFC 2217</translation>
    </message>
    <message>
        <source>Raw TCP</source>
        <translation>TCP 透传</translation>
    </message>
    <message>
        <source>Serial &amp;port</source>
        <translation>串口(&amp;P)</translation>
    </message>
    <message>
        <source>Serial port</source>
        <translation>串口</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>The TCP port number that programs connect to (Alt+L)</source>
        <translation>供程序连接的 TCP 端口号 (Alt+L)</translation>
    </message>
    <message>
        <source>The baud rate must be a positive whole number.</source>
        <translation>波特率必须是正整数。</translation>
    </message>
    <message>
        <source>This computer only</source>
        <translation>仅本机</translation>
    </message>
    <message>
        <source>allow list</source>
        <translation>允许列表</translation>
    </message>
    <message>
        <source>any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>connects out</source>
        <translation>主动连接</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Bridges</source>
        <translation>桥接</translation>
    </message>
    <message>
        <source>Group {name}, bridges: {count}, {state}</source>
        <translation>分组 {name}，{count} 个桥接，{state}</translation>
    </message>
    <message>
        <source>New bridge</source>
        <translation>新建桥接</translation>
    </message>
    <message>
        <source>New bridge (Ctrl+N)</source>
        <translation>新建桥接 (Ctrl+N)</translation>
    </message>
    <message>
        <source>folded</source>
        <translation>已折叠</translation>
    </message>
    <message>
        <source>unfolded</source>
        <translation>已展开</translation>
    </message>
</context>
<context>
    <name>Statistics</name>
    <message>
        <source>95 of 100 within</source>
        <translation>95% 不超过</translation>
    </message>
    <message>
        <source>An answer after more than 10 s is taken for none</source>
        <translation>超过 10 s 的应答视为无应答</translation>
    </message>
    <message>
        <source>Bytes</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>Came from the device while no client was connected</source>
        <translation>没有客户端连接时从设备收到</translation>
    </message>
    <message>
        <source>Chunks Net→Serial</source>
        <translation>数据块 网络→串口</translation>
    </message>
    <message>
        <source>Chunks Serial→Net</source>
        <translation>数据块 串口→网络</translation>
    </message>
    <message>
        <source>Display slice</source>
        <translation>显示处理耗时</translation>
    </message>
    <message>
        <source>For client #{number}</source>
        <translation>发往客户端 #{number}</translation>
    </message>
    <message>
        <source>For the device</source>
        <translation>发往设备</translation>
    </message>
    <message>
        <source>For the log</source>
        <translation>写入日志</translation>
    </message>
    <message>
        <source>From the end of a request Net→Serial to the first byte of its answer Serial→Net</source>
        <translation>从网络→串口请求结束到串口→网络应答的首字节</translation>
    </message>
    <message>
        <source>Full: it reads too slowly; the profile says whether it is waited for</source>
        <translation>满表示其接收过慢；是否等待由连接配置决定</translation>
    </message>
    <message>
        <source>Full: the clients are held back until the device takes more</source>
        <translation>满表示客户端须等待，直到设备继续接收</translation>
    </message>
    <message>
        <source>Full: the display skips the oldest; the bytes pass all the same</source>
        <translation>满表示显示会跳过最旧的；数据照常转发</translation>
    </message>
    <message>
        <source>Full: the oldest leave as new ones come</source>
        <translation>满表示新的到来时丢弃最旧的</translation>
    </message>
    <message>
        <source>Half of the answers came sooner: the usual time</source>
        <translation>半数应答快于此值：通常的用时</translation>
    </message>
    <message>
        <source>How long the log keeps the processor at a stretch; a few ms hold nobody up</source>
        <translation>日志每次连续占用处理器的时间；几毫秒不会影响其他部分</translation>
    </message>
    <message>
        <source>How many pieces the clients&apos; bytes came in, and how large</source>
        <translation>客户端数据分为多少块到达，平均多大</translation>
    </message>
    <message>
        <source>How many pieces the device&apos;s bytes were read in, and how large</source>
        <translation>设备数据分为多少块读取，平均多大</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>最近一次</translation>
    </message>
    <message>
        <source>Log, bytes</source>
        <translation>日志字节</translation>
    </message>
    <message>
        <source>Log, chunks</source>
        <translation>日志数据块</translation>
    </message>
    <message>
        <source>Longest</source>
        <translation>最长</translation>
    </message>
    <message>
        <source>Lost</source>
        <translation>丢失</translation>
    </message>
    <message>
        <source>Median</source>
        <translation>中位数</translation>
    </message>
    <message>
        <source>Net→Serial</source>
        <translation>网络→串口</translation>
    </message>
    <message>
        <source>Passed, but came too fast to be logged; nothing is lost by it</source>
        <translation>已转发，但速度过快未记入日志；数据没有丢失</translation>
    </message>
    <message>
        <source>Read from the device while a client was connected</source>
        <translation>有客户端连接时从设备读取</translation>
    </message>
    <message>
        <source>Round trip, of at most the last {count}</source>
        <translation>往返时间（最近 {count} 次以内）</translation>
    </message>
    <message>
        <source>Running for</source>
        <translation>已运行</translation>
    </message>
    <message>
        <source>Serial→Net</source>
        <translation>串口→网络</translation>
    </message>
    <message>
        <source>Since Start was pressed</source>
        <translation>自按下“启动”起</translation>
    </message>
    <message>
        <source>Skipped by the display</source>
        <translation>显示跳过</translation>
    </message>
    <message>
        <source>Taken by the device&apos;s driver</source>
        <translation>已交给设备驱动</translation>
    </message>
    <message>
        <source>Taken from one side and never handed to the other</source>
        <translation>从一侧取走但未能交给另一侧</translation>
    </message>
    <message>
        <source>The same, for many small chunks</source>
        <translation>同上，用于大量小数据块</translation>
    </message>
    <message>
        <source>Unread</source>
        <translation>未读</translation>
    </message>
    <message>
        <source>Waiting now</source>
        <translation>当前排队</translation>
    </message>
    <message>
        <source>What a program&apos;s timeout should be well above</source>
        <translation>程序的超时应远大于此值</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>{count} of {most}</source>
        <translation>{count} / {most}</translation>
    </message>
    <message>
        <source>{count}, on average {size} bytes</source>
        <translation>{count}，平均 {size} 字节</translation>
    </message>
    <message>
        <source>{last}, at most {longest}</source>
        <translation>{last}，最长 {longest}</translation>
    </message>
</context>
<context>
    <name>StatisticsPanel</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭 (Esc)</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>复制为文本</translation>
    </message>
    <message>
        <source>Count from 0 again, here and in the window; nothing else changes</source>
        <translation>此处和主窗口从 0 重新计数；不影响其他</translation>
    </message>
    <message>
        <source>Figure</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>当前值</translation>
    </message>
    <message>
        <source>Put all figures on the clipboard as lines of text</source>
        <translation>将全部数值逐行复制到剪贴板</translation>
    </message>
    <message>
        <source>Reset counters</source>
        <translation>计数清零</translation>
    </message>
    <message>
        <source>Statistics</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>Statistics of {name}</source>
        <translation>{name} 的统计</translation>
    </message>
    <message>
        <source>What it means</source>
        <translation>含义</translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message numerus="yes">
        <source>%n clients ▾</source>
        <translation>
            <numerusform>%n 个客户端 ▾</numerusform>
        </translation>
    </message>
    <message>
        <source>Bytes from the device that came while no client was connected</source>
        <translation>没有客户端连接时从设备收到的字节</translation>
    </message>
    <message>
        <source>Bytes taken from one side that never reached the other</source>
        <translation>从一侧取走但未能到达另一侧的字节</translation>
    </message>
    <message>
        <source>Lost {count}</source>
        <translation>丢失 {count}</translation>
    </message>
    <message>
        <source>Net→Serial</source>
        <translation>网络→串口</translation>
    </message>
    <message>
        <source>Serial→Net</source>
        <translation>串口→网络</translation>
    </message>
    <message>
        <source>Unread {count}</source>
        <translation>未读 {count}</translation>
    </message>
    <message>
        <source>Who is connected</source>
        <translation>查看已连接的客户端</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>on</source>
        <translation>开</translation>
    </message>
    <message>
        <source>{way} {count}  {rate}/s</source>
        <translation>{way} {count}  {rate}/s</translation>
    </message>
</context>
<context>
    <name>TestClient</name>
    <message>
        <source>&amp;Line</source>
        <translation>内容(&amp;L)</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Connected to {address}</source>
        <translation>已连接 {address}</translation>
    </message>
    <message>
        <source>Connecting to {address}</source>
        <translation>正在连接 {address}</translation>
    </message>
    <message>
        <source>Copy address</source>
        <translation>复制地址</translation>
    </message>
    <message>
        <source>Copy the address that programs connect to</source>
        <translation>复制供程序连接的地址</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>断开</translation>
    </message>
    <message>
        <source>Disconnected.</source>
        <translation>已断开。</translation>
    </message>
    <message>
        <source>Forget what arrived so far</source>
        <translation>清空已收到的内容</translation>
    </message>
    <message>
        <source>Hex</source>
        <translation>HEX</translation>
    </message>
    <message>
        <source>Line ending</source>
        <translation>行尾</translation>
    </message>
    <message>
        <source>Line to send</source>
        <translation>要发送的内容</translation>
    </message>
    <message>
        <source>No connection: {reason}.</source>
        <translation>无法连接：{reason}。</translation>
    </message>
    <message>
        <source>Not connected</source>
        <translation>未连接</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Send the line (Enter)</source>
        <translation>发送此行 (Enter)</translation>
    </message>
    <message>
        <source>Show the bytes as hex</source>
        <translation>以 HEX 显示</translation>
    </message>
    <message>
        <source>Test client of {name}</source>
        <translation>{name} 的测试客户端</translation>
    </message>
    <message>
        <source>Text for the device; \r \n \t \0 \xNN stand for bytes</source>
        <translation>发给设备的文本；\r \n \t \0 \xNN 表示字节</translation>
    </message>
    <message>
        <source>The bridge has closed the connection. It may take one client at a time, or not this computer.</source>
        <translation>桥接关闭了连接。它可能每次只允许一个客户端，或不允许本机连接。</translation>
    </message>
    <message>
        <source>The bridge is not running. Press Start; the test client then connects by itself.</source>
        <translation>桥接未运行。按“启动”后，测试客户端会自动连接。</translation>
    </message>
    <message>
        <source>The bridge takes nothing now: its device holds it back. Try again later.</source>
        <translation>桥接暂时不接收数据：设备未就绪。请稍后重试。</translation>
    </message>
    <message>
        <source>This bridge connects to another program by itself: nothing can connect to it.</source>
        <translation>此桥接主动连接其他程序：不能连接它。</translation>
    </message>
    <message>
        <source>This bridge is encrypted with TLS, which the test client does not speak.</source>
        <translation>此桥接使用 TLS 加密，测试客户端不支持。</translation>
    </message>
    <message>
        <source>This bridge speaks RFC 2217: between the data there are Telnet&apos;s own bytes, which begin with FF.</source>
        <translation>此桥接使用 RFC 2217：数据之间有以 FF 开头的 Telnet 字节。</translation>
    </message>
    <message>
        <source>What arrived</source>
        <translation>收到的内容</translation>
    </message>
    <message>
        <source>What is sent after the line</source>
        <translation>附加在内容之后</translation>
    </message>
    <message>
        <source>What the device says appears here.</source>
        <translation>设备发来的内容显示在这里。</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>{received} received, {sent} sent</source>
        <translation>已接收 {received}，已发送 {sent}</translation>
    </message>
    <message>
        <source>“{found}” is no escape; \r \n \t \0 \xNN and \\ are.</source>
        <translation>“{found}”不是转义符；可用 \r \n \t \0 \xNN 和 \\。</translation>
    </message>
</context>
<context>
    <name>TlsFields</name>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Browse for the certificate</source>
        <translation>浏览证书文件</translation>
    </message>
    <message>
        <source>Browse for the client CA</source>
        <translation>浏览客户端 CA 文件</translation>
    </message>
    <message>
        <source>Browse for the private key</source>
        <translation>浏览私钥文件</translation>
    </message>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>证书</translation>
    </message>
    <message>
        <source>Client CA</source>
        <translation>客户端 CA</translation>
    </message>
    <message>
        <source>Clients must speak TLS, such as openssl s_client or socat&apos;s OPENSSL</source>
        <translation>客户端必须使用 TLS，例如 openssl s_client 或 socat 的 OPENSSL</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the fingerprint</source>
        <translation>复制指纹</translation>
    </message>
    <message>
        <source>Encrypt with TLS</source>
        <translation>使用 TLS 加密</translation>
    </message>
    <message>
        <source>Expired on {date}: clients refuse it</source>
        <translation>已于 {date} 过期：客户端会拒绝</translation>
    </message>
    <message>
        <source>Expires on {date}</source>
        <translation>{date} 到期</translation>
    </message>
    <message>
        <source>Expires on {date}: in less than a day</source>
        <translation>{date} 到期：不到一天</translation>
    </message>
    <message>
        <source>Expires on {date}: in less than {days} days</source>
        <translation>{date} 到期：不到 {days} 天</translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation>指纹</translation>
    </message>
    <message>
        <source>For clients that are told its fingerprint, or that trust the file itself</source>
        <translation>供已知其指纹或直接信任该文件的客户端使用</translation>
    </message>
    <message>
        <source>Make a self-signed certificate</source>
        <translation>生成自签名证书</translation>
    </message>
    <message>
        <source>No certificate could be made ({reason}).</source>
        <translation>无法生成证书（{reason}）。</translation>
    </message>
    <message>
        <source>None: clients need no certificate</source>
        <translation>无：客户端不需要证书</translation>
    </message>
    <message>
        <source>On another computer: looked at when the bridge starts.</source>
        <translation>位于另一台计算机上，启动桥接时才会读取。</translation>
    </message>
    <message>
        <source>PEM file, with the chain it needs</source>
        <translation>PEM 文件，含所需的证书链</translation>
    </message>
    <message>
        <source>PEM file, without a password</source>
        <translation>PEM 文件，无密码</translation>
    </message>
    <message>
        <source>PEM file: who connects must show a certificate that this authority has signed</source>
        <translation>PEM 文件：连接方必须出示由此 CA 签发的证书</translation>
    </message>
    <message>
        <source>PEM files (*.pem *.crt *.cer *.key)</source>
        <translation>PEM 文件 (*.pem *.crt *.cer *.key)</translation>
    </message>
    <message>
        <source>Private key</source>
        <translation>私钥</translation>
    </message>
    <message>
        <source>SHA-256 of the certificate, for clients to compare</source>
        <translation>证书的 SHA-256，供客户端核对</translation>
    </message>
    <message>
        <source>TLS needs a certificate and its private key: choose both files, or make a self-signed one.</source>
        <translation>TLS 需要证书及其私钥：请选择这两个文件，或生成自签名证书。</translation>
    </message>
    <message>
        <source>The certificate cannot be read ({reason}).</source>
        <translation>无法读取证书（{reason}）。</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message numerus="yes">
        <source>%n more in the window</source>
        <translation>
            <numerusform>另有 %n 个在窗口中</numerusform>
        </translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>Show &amp;window</source>
        <translation>显示窗口(&amp;W)</translation>
    </message>
    <message>
        <source>Start {bridge}</source>
        <translation>启动 {bridge}</translation>
    </message>
    <message>
        <source>Stop {bridge}</source>
        <translation>停止 {bridge}</translation>
    </message>
    <message>
        <source>The desktop&apos;s tray is gone, so the window is back; the bridges were not touched.</source>
        <translation>桌面托盘已消失，因此恢复了窗口；桥接未受影响。</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>另有 %n 个</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>UndoBar</name>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>Delete it for good</source>
        <translation>彻底删除</translation>
    </message>
    <message>
        <source>Deleted “{name}”.</source>
        <translation>已删除“{name}”。</translation>
    </message>
</context>
<context>
    <name>VmDialog</name>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>Before you paste it</source>
        <translation>粘贴之前</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭 (Esc)</translation>
    </message>
    <message>
        <source>Copy the text, without the notes</source>
        <translation>复制文本，不含说明</translation>
    </message>
    <message>
        <source>For which guest</source>
        <translation>用于哪个虚拟机</translation>
    </message>
    <message>
        <source>How the guest gets at the device</source>
        <translation>虚拟机如何使用设备</translation>
    </message>
    <message>
        <source>New guest: arguments</source>
        <translation>新虚拟机：参数</translation>
    </message>
    <message>
        <source>Running guest: monitor</source>
        <translation>运行中的虚拟机：监视器</translation>
    </message>
    <message>
        <source>Use “{name}” in a virtual machine</source>
        <translation>在虚拟机中使用“{name}”</translation>
    </message>
    <message>
        <source>What to paste</source>
        <translation>要粘贴的内容</translation>
    </message>
    <message>
        <source>serial0 is the first port of a guest started with -serial; see `info chardev`.</source>
        <translation>serial0 是以 -serial 启动的虚拟机的第一个串口；见 `info chardev`。</translation>
    </message>
</context>
<context>
    <name>WiresharkViews</name>
    <message>
        <source>See the traffic in Wireshark while it passes, from now on</source>
        <translation>从现在起在 Wireshark 中实时查看收发数据</translation>
    </message>
    <message>
        <source>Start the bridge first: Wireshark shows what passes from then on</source>
        <translation>请先启动桥接：Wireshark 从打开时起显示数据</translation>
    </message>
    <message>
        <source>Wireshark</source>
        <translation>Wireshark</translation>
    </message>
    <message>
        <source>Wireshark ended at once ({detail}). Start it by itself to see why.</source>
        <translation>Wireshark 启动后立即退出（{detail}）。请单独启动它查看原因。</translation>
    </message>
    <message>
        <source>Wireshark is not there any more. Install it, or record to a file, which it opens as well.</source>
        <translation>找不到 Wireshark。请安装它，或录制到文件，它也能打开。</translation>
    </message>
</context>
<context>
    <name>Workspace</name>
    <message>
        <source>Demo</source>
        <translation>演示</translation>
    </message>
</context>
<context>
    <name>_Counted</name>
    <message numerus="yes">
        <source>Running · %n clients</source>
        <translation>
            <numerusform>运行中 · %n 个客户端</numerusform>
        </translation>
    </message>
</context>
</TS>
