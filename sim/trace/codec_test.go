package trace_test

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

const header = `trace: jobsim.dev/v1
scenario: "one failure"
world: sim
kubernetes: v1.37
seed: 18446744073709551615
replication: 3

# t             actor           verb       ref             because                   args
`

const storyText = header +
	`     0.000s     user            create     job a           scenario.submit
     0.000s     job-controller  create     pod a/0         manage.want-active
     2.210s     kubelet         fail       pod a/0         scenario.fate             exit=1
     3.000037s  job-controller  wait       job a           backoff.doubles           failures=1 until=12.000s
    12.000s     job-controller  status     job a           finish.enact              failed=1 ` +
	`condition="Failed=True BackoffLimitExceeded at 12.000s: enough" condition="a \" \\ \t \u00e9 \xff"
123456.000s     pod-garbage-collector  remove  pod a-very-long-name/2/0  -           empty=- dash="-" "a=b c"=x=y
    -0.100s     -               -          node "n/0"      "-"
`

func TestEncode_Story(t *testing.T) {
	if got := string(trace.Encode(story())); got != storyText {
		t.Errorf("(-want +got)\n-%s\n+%s", storyText, got)
	}
}

func TestDecode_GivesBackWhatWasEncoded(t *testing.T) {
	got, err := trace.Decode([]byte(storyText))
	if err != nil {
		t.Fatal(err)
	}
	if want := story(); !reflect.DeepEqual(got, want) {
		t.Errorf("(-want +got)\n-%+v\n+%+v", want, got)
	}
}

func TestDecode_SaysWhatIsWrongAndWhere(t *testing.T) {
	line := "     2.210s     kubelet         fail       pod a/0         scenario.fate             exit=1\n"
	in := func(old, new string) string { return strings.Replace(header+line, old, new, 1) }
	for _, tc := range []struct{ name, text, wantErr string }{
		{"empty", "", "line 1: the text ends within a line"},
		{"not a trace", "hello\n", `line 1: header: "hello" (allowed: "trace: jobsim.dev/v1")`},
		{"a later version", in("/v1", "/v2"), `line 1: header: "trace: jobsim.dev/v2"`},
		{"a header is missing", in("world: sim\n", ""), `line 3: header: "kubernetes: v1.37" (allowed: world: ...)`},
		{"a negative seed", in("seed: 1", "seed: -1"), `line 5: seed: not a whole number: "-18446744073709551615"`},
		{"a leading zero", in("replication: 3", "replication: 03"), `line 6: replication: not a whole number: "03"`},
		{"two words", in("world: sim", "world: sim two"), `line 3: world: not one word: "sim two"`},
		{"no newline at the end", strings.TrimSuffix(in("", ""), "\n"), "line 9: the text ends within a line"},
		{"carriage returns", in("exit=1\n", "exit=1\r\n"), "line 9: record: not as it would be written"},
		{"a tab", in("     2", "\t2"), `line 9: t: not a time: "\t2.210s"`},
		{"another width", in("     2", "      2"), "line 9: record: not as it would be written"},
		{"trailing space", in("exit=1", "exit=1 "), "line 9: record: not as it would be written"},
		{"time without unit", in("2.210s ", "2.210  "), `line 9: t: not a time: "2.210"`},
		{"time out of range", in("2.210s", "9223372037.000s"), `line 9: t: not a time: "9223372037.000s"`},
		{"pod without a number", in("a/0", "a  "), "line 9: ref: not a number"},
		{"pod with too many numbers", in("a/0", "a/0/0/0"), "line 9: ref: too many numbers"},
		{"no verb", header + "     2.210s     kubelet\n", "line 9: verb: missing"},
		{"no value", in("exit=1", "exit"), `line 9: args: no value: "exit" (allowed: key=value)`},
		{"unclosed quotes", in("exit=1", `exit="1`), `line 9: args: value of "exit": unclosed or bad quotes`},
		{"needless quotes", in("exit=1", `exit="1"`), "line 9: record: not as it would be written"},
		{"two of them", header + "x\ny\n", "line 9: t: not a time: \"x\" (allowed: seconds such as 2.210s)\n" +
			"line 10: t: not a time: \"y\""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := trace.Decode([]byte(tc.text))
			if err == nil || got != nil || !strings.Contains(err.Error(), tc.wantErr) {
				t.Errorf("(-want +got)\n-%s\n+%v (trace %v)", tc.wantErr, err, got)
			}
		})
	}
}

func TestDecode_StopsAfterTenProblems(t *testing.T) {
	_, err := trace.Decode([]byte(header + strings.Repeat("x\n", 1000)))
	if got := strings.Count(err.Error(), "\n") + 1; got != 10 {
		t.Errorf("problems: want 10, got %d", got)
	}
}

// TestRoundTrip_AnyTrace has Decode and DecodeJSON give back traces of words and numbers at the edges.
func TestRoundTrip_AnyTrace(t *testing.T) {
	for seed := range uint64(2000) {
		want := randomTrace(seed)
		got, err := trace.Decode(trace.Encode(want))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("text, seed %d: %v\n(-want +got)\n-%+v\n+%+v", seed, err, want, got)
		}
		text, err := trace.EncodeJSON(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err = trace.DecodeJSON(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("JSON, seed %d: %v\n(-want +got)\n-%+v\n+%+v", seed, err, want, got)
		}
	}
}

// randomTrace is a pure function of seed (SplitMix64, Steele, Lea and Flood 2014).
func randomTrace(seed uint64) *trace.Trace {
	draw := func(n int) int {
		seed += 0x9e3779b97f4a7c15
		z := (seed ^ seed>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return int((z ^ z>>31) % uint64(n))
	}
	words := []string{"", "-", "a", "a b", "a=b", "a/b", `"`, `\`, "\t", "\n", "\u00e9", "\U0001f600", "\x00", "0"}
	word := func() string { return words[draw(len(words))] }
	times := []des.Time{0, 1, -1, s, 10 * s, math.MinInt64, math.MaxInt64 - 1, 999_999_999, 31_536_000 * s}
	numbers := []int32{0, 1, 9, math.MaxInt32, math.MinInt32, api.NoIndex}
	kinds := []trace.Kind{trace.KindPod, trace.KindPod, trace.KindJob, trace.KindNode, "", "a b"}
	t := &trace.Trace{Header: trace.Header{Scenario: word(), World: word(), Kubernetes: word()}}
	t.Header.Seed = uint64(draw(math.MaxInt))
	for range draw(4) {
		r := trace.Record{At: times[draw(len(times))], Actor: trace.Actor(word()), Verb: trace.Verb(word()),
			Because: trace.Rule(word()), Ref: trace.Ref{Kind: kinds[draw(len(kinds))], Name: word()}}
		if r.Ref.Kind == trace.KindPod {
			r.Ref.Index, r.Ref.Attempt = numbers[draw(len(numbers))], numbers[draw(len(numbers))]
		}
		for range draw(3) {
			r.Args = append(r.Args, trace.Arg{Key: word(), Value: word()})
		}
		t.Records = append(t.Records, r)
	}
	return t
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(storyText))
	f.Add([]byte(header))
	f.Add([]byte(strings.Replace(storyText, "0.000s", "never", 1)))
	for seed := range uint64(20) {
		f.Add(trace.Encode(randomTrace(seed)))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := trace.Decode(text)
		if err != nil {
			return
		}
		if again := trace.Encode(got); !bytes.Equal(again, text) {
			t.Errorf("accepted, but written otherwise (-want +got)\n-%q\n+%q", text, again)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	t := story()
	for range 10 {
		t.Records = append(t.Records, t.Records...)
	}
	b.ReportAllocs()
	for b.Loop() {
		b.SetBytes(int64(len(trace.Encode(t))))
	}
}

func TestDecodeAll_ReadsOneAfterTheOther(t *testing.T) {
	got, err := trace.DecodeAll([]byte(storyText + storyText))
	if err != nil || len(got) != 2 || !reflect.DeepEqual(got[1], story()) {
		t.Errorf("want the story twice, got %d: %v", len(got), err)
	}
	if got, err = trace.DecodeAll(nil); err != nil || len(got) != 0 {
		t.Errorf("no text: want no trace, got %d: %v", len(got), err)
	}
	_, err = trace.DecodeAll([]byte(storyText + strings.Replace(storyText, "seed: 1", "seed: x1", 1)))
	if err == nil || !strings.HasPrefix(err.Error(), "trace 2: line 5: seed") {
		t.Errorf("want the number of the trace that is wrong, got %v", err)
	}
}

func TestParseCondition_ReadsWhatTheObserverWrites(t *testing.T) {
	want := api.Condition{Type: api.JobFailed, Status: true, Reason: "PodFailurePolicy",
		Message: "matched at index 0: twice", Transition: 5 * des.Time(des.Second)}
	got, err := trace.ParseCondition("Failed=True PodFailurePolicy at 5.000s: matched at index 0: twice")
	if err != nil || got != want {
		t.Errorf("(-want +got)\n-%+v\n+%+v: %v", want, got, err)
	}
	for _, text := range []string{"", "Failed", "Failed=Yes R at 5.000s: m", "Failed=True R at 5.000s", "Failed=True R at soon: m"} {
		if _, err := trace.ParseCondition(text); err == nil {
			t.Errorf("%q: want an error", text)
		}
	}
}
