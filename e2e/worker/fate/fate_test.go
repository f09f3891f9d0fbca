package fate_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jobsim/jobsim/e2e/worker/fate"
)

func TestDecode_GivesBackWhatWasEncoded(t *testing.T) {
	want := []fate.Run{
		{End: fate.Exit, Run: 1500 * time.Millisecond, Code: 139, Last: 143},
		{End: fate.Memory, Run: 0, Ready: fate.Forever, Term: fate.Forever, Last: 0},
		{End: fate.Disk, Run: fate.Forever, Ready: time.Hour, Term: 20 * time.Second, Last: 255},
	}
	text := fate.Encode(want)
	if got, err := fate.Decode(text); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s (-want +got)\n-%+v\n+%+v %v", text, want, got, err)
	}
}

func TestDecode_SaysWhatIsWrong(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"", "no fate was given"},
		{"exit,1s,0,0s,0s", "run 0: \"exit,1s,0,0s,0s\": 5 parts"},
		{"exit,1s,0,0s,0s,0 explode,1s,0,0s,0s,0", "run 1: \"explode,1s,0,0s,0s,0\": end \"explode\""},
		{"exit,soon,0,0s,0s,0", "invalid duration \"soon\""},
		{"exit,-1s,0,0s,0s,0", "span \"-1s\" is negative"},
		{"exit,1s,256,0s,0s,0", "exit code 256"},
		{"exit,1s,0,0s,0s,-1", "exit code -1"},
	} {
		if _, err := fate.Decode(tc.text); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%q: want %s, got %v", tc.text, tc.want, err)
		}
	}
}
