#!/bin/bash
# The first process of a User-Mode Linux: it exports a tmpfs with NFS 4.2, mounts it at /run/nfs, and runs $TEST_SCRIPT.
# The root is the host's, read-only. $TEST_FOLDER is what .ci/nfs-machine prepared.
tools=$TEST_FOLDER/tools
own_path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH=$tools/usr/sbin:$tools/sbin:$own_path
export LD_LIBRARY_PATH=$tools/usr/lib/x86_64-linux-gnu:$tools/lib/x86_64-linux-gnu
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs -o size=8g run /run
mount -t devtmpfs dev /dev 2>/dev/null
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs shm /dev/shm
mount -t tmpfs -o size=8g exported /srv
python3 -c 'import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 0x41))'
mkdir -p /run/lib /run/state /run/nfs /run/home
cp -r "$TEST_FOLDER/sid/usr/lib/uml/modules" /run/lib/modules
depmod -b /run "$(uname -r)"
modprobe -d /run nfsd
modprobe -d /run nfsv4
mount -t nfsd nfsd /proc/fs/nfsd
# The tools keep their state in /var/lib/nfs, which the host may lack.
mount -t tmpfs state /var/lib
mkdir -p /var/lib/nfs/v4recovery /var/lib/nfs/rpc_pipefs
touch /var/lib/nfs/etab /var/lib/nfs/rmtab
exportfs -o "rw,$TEST_SQUASH,fsid=0,insecure,no_subtree_check,async" 127.0.0.1:/srv 2>/dev/null
rpc.mountd --no-udp -N 3
rpc.nfsd -N 3 -V 4 -U -G 10 -L 10 4 # locks wait for the end of the grace period; 10 seconds are the least
mount.nfs4 127.0.0.1:/ /run/nfs -o vers=4.2,proto=tcp
until flock --nonblock /run/nfs/lock true; do sleep 0.2; done
export PATH=$own_path HOME=/run/home TMPDIR=/run/home
unset LD_LIBRARY_PATH
bash "$TEST_SCRIPT"
echo "exit code $?"
echo o >/proc/sysrq-trigger
sleep 60
