"""Which names of macOS stand in every Seatbelt profile of ours?

Written down from public sources (Apple's and Chromium's own profiles, threads on sandboxes for coding agents);
nothing here was tried on a Mac.
"""

RUNTIME = (
    "/System/Library",
    "/System/Cryptexes",
    "/System/Volumes/Preboot/Cryptexes",
    "/usr/lib",
    "/Library/Apple",
)
"""Where frameworks, dyld's shared cache and its late libraries are. Not /System whole: everybody's files lie
below /System/Volumes/Data a second time."""

SHARED = ("/usr/share", "/private/var/db/timezone")
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
FIXED_LINKS = ("/etc", "/tmp", "/var", "/private/etc/localtime")  # noqa: S108 - no file is made there
"""Links of every macOS; whoever opens /etc/localtime has to be allowed to follow them."""

SYSCTL = (
    "hw.activecpu", "hw.byteorder", "hw.cachelinesize", "hw.cpufamily", "hw.cputype", "hw.cpusubtype",
    "hw.l1dcachesize", "hw.l1icachesize", "hw.l2cachesize", "hw.logicalcpu", "hw.logicalcpu_max", "hw.machine",
    "hw.memsize", "hw.model", "hw.ncpu", "hw.nperflevels", "hw.pagesize", "hw.pagesize_compat", "hw.physicalcpu",
    "hw.physicalcpu_max", "kern.argmax", "kern.hostname", "kern.maxfilesperproc", "kern.osproductversion",
    "kern.osrelease", "kern.ostype", "kern.osversion", "kern.usrstack64", "kern.version", "machdep.cpu.brand_string",
    "vm.loadavg",
)  # fmt: skip
"""What libc, Python and ggml ask about the computer. uname(3) fails as a whole without kern.hostname."""

SYSCTL_BEGINNINGS = ("hw.optional.", "hw.perflevel")

NEVER = (
    "com.apple.CoreServices.coreservicesd", "com.apple.FileCoordination", "com.apple.FSEvents",
    "com.apple.ReportCrash", "com.apple.SecurityServer", "com.apple.SystemConfiguration.DNSConfiguration",
    "com.apple.SystemConfiguration.configd", "com.apple.analyticsd", "com.apple.bird", "com.apple.bluetoothd",
    "com.apple.cloudd", "com.apple.coreduetd", "com.apple.coreservices.appleevents",
    "com.apple.coreservices.launchservicesd", "com.apple.distributed_notifications@Uv3",
    "com.apple.dnssd.service", "com.apple.dock.server", "com.apple.launchservicesd", "com.apple.mDNSResponder",
    "com.apple.metadata.mds", "com.apple.nehelper", "com.apple.nesessionmanager", "com.apple.networkd",
    "com.apple.nsurlsessiond", "com.apple.pasteboard.1", "com.apple.pboard", "com.apple.rapportd",
    "com.apple.securityd.xpc", "com.apple.sharingd", "com.apple.symptomsd",
    "com.apple.system.opendirectoryd.libinfo", "com.apple.system.opendirectoryd.membership", "com.apple.tccd",
    "com.apple.tccd.system", "com.apple.trustd", "com.apple.trustd.agent",
    "com.apple.usernoted.daemon_client", "com.apple.usernotifications.usernotificationservice",
    "com.apple.windowserver.active",
)  # fmt: skip
"""Services that start programs, resolve names, fetch, synchronise, notify or copy for whoever asks."""

NEVER_BEGINNINGS = (
    "com.apple.SystemConfiguration.", "com.apple.WebKit.", "com.apple.cfnetwork.", "com.apple.lsd.",
    "com.apple.networkserviceproxy",
)  # fmt: skip

GPU_CLIENT = "AGXDeviceUserClient"
GPU_COMPILER = "com.apple.MTLCompilerService"
"""All that Metal needs on Apple silicon, as others measured it; opened only for a model that uses the GPU."""
