package trace_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/jobsim/jobsim/sim/des"
	"github.com/jobsim/jobsim/sim/trace"
)

const storyJSON = `{"schema":"jobsim.dev/trace/v1",
"header":{"scenario":"one failure","world":"sim","kubernetes":"v1.37","seed":18446744073709551615,"replication":3},
"records":[
{"seconds":0.000,"actor":"user","verb":"create","ref":{"kind":"job","name":"a"},"because":"scenario.submit"},
{"seconds":0.000,"actor":"job-controller","verb":"create","ref":{"kind":"pod","name":"a","attempt":0},` +
	`"because":"manage.want-active"},
{"seconds":2.210,"actor":"kubelet","verb":"fail","ref":{"kind":"pod","name":"a","attempt":0},` +
	`"because":"scenario.fate","args":[{"key":"exit","value":"1"}]}
]}
`

func TestEncodeJSON_Story(t *testing.T) {
	short := story()
	short.Records = short.Records[:3]
	got, err := trace.EncodeJSON(short)
	if err != nil || string(got) != storyJSON {
		t.Errorf("%v (-want +got)\n-%s\n+%s", err, storyJSON, got)
	}
	if back, err := trace.DecodeJSON(got); err != nil || !reflect.DeepEqual(back, short) {
		t.Errorf("%v (-want +got)\n-%+v\n+%+v", err, short, back)
	}
}

func TestEncodeJSON_WithoutRecords(t *testing.T) {
	got, err := trace.EncodeJSON(&trace.Trace{})
	var any struct{ Records []struct{} }
	if err != nil || json.Unmarshal(got, &any) != nil || any.Records == nil {
		t.Errorf("want an empty array of records, got %s (%v)", got, err)
	}
}

func TestEncodeJSON_RefusesNever(t *testing.T) {
	bad := &trace.Trace{Records: []trace.Record{{At: des.Never}}}
	if got, err := trace.EncodeJSON(bad); err == nil || err.Error() != "trace: records[0].seconds: never" {
		t.Errorf("want an error, got %v and %s", err, got)
	}
}

func TestDecodeJSON_SaysWhatIsWrongAndWhere(t *testing.T) {
	for _, tc := range []struct{ name, old, new, wantErr string }{
		{"unknown field", `"world"`, `"planet"`, `unknown field "planet"`},
		{"another schema", "trace/v1", "trace/v2", `schema: "jobsim.dev/trace/v2" (allowed: "jobsim.dev/trace/v1")`},
		{"two values", "\n]}\n", "\n]}{}", "more than one JSON value"},
		{"cut short", "\n]}\n", "", "unexpected EOF"},
		{"no time", `"seconds":2.210,`, "", "records[2].seconds: not a time"},
		{"too exact a time", "2.210", "2.2100000001", "records[2].seconds: not a time"},
		{"time with an exponent", "2.210", "2e3", "records[2].seconds: not a time"},
		{"pod without attempt", `"name":"a","attempt":0`, `"name":"a"`, "records[1].ref: "},
		{"job with index", `"kind":"job","name":"a"`, `"kind":"job","name":"a","index":1`, "records[0].ref: "},
		{"not JSON", "{", "(", "invalid character"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := strings.Replace(storyJSON, tc.old, tc.new, 1)
			if text == storyJSON {
				t.Fatal("the case changes nothing")
			}
			got, err := trace.DecodeJSON([]byte(text))
			if err == nil || got != nil || !strings.Contains(err.Error(), tc.wantErr) {
				t.Errorf("(-want +got)\n-%s\n+%v (trace %v)", tc.wantErr, err, got)
			}
		})
	}
}
