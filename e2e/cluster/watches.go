package cluster

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// watchesOfNode is how many inotify instances systemd, containerd and the kubelet of a node may need, with room for
// what else the machine does. A user has 128 (fs/notify/inotify/inotify_user.c in Linux), which nine nodes use up: the
// kubelet of one of them ended with "inotify_init: too many open files".
const watchesOfNode = 64

// allowWatches lets every user have so many inotify instances, if it may.
func allowWatches(n int) error {
	const file = "/proc/sys/fs/inotify/max_user_instances"
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil // another system
	}
	now, numberErr := strconv.Atoi(strings.TrimSpace(string(text)))
	if err == nil {
		err = numberErr
	}
	if err == nil && now < n {
		err = os.WriteFile(file, []byte(strconv.Itoa(n)), 0o644)
	}
	if err != nil {
		return fmt.Errorf("not all nodes may come up: %w (sysctl fs.inotify.max_user_instances=%d)", err, n)
	}
	return nil
}
