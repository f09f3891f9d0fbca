package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/jobsim/jobsim/sim/api"
	"github.com/jobsim/jobsim/sim/des"
)

// JSONSchema is the value of "schema" in the JSON form. It changes when a field changes its meaning or goes away.
const JSONSchema = "jobsim.dev/trace/v1"

// jsonTrace is the JSON form of a trace.
type jsonTrace struct {
	Schema  string       `json:"schema"`
	Header  jsonHeader   `json:"header"`
	Records []jsonRecord `json:"records"`
}

type jsonHeader struct {
	Scenario    string `json:"scenario"`
	World       string `json:"world"`
	Kubernetes  string `json:"kubernetes"`
	Seed        uint64 `json:"seed"`
	Replication uint64 `json:"replication"`
}

type jsonRecord struct {
	Seconds json.Number `json:"seconds"` // exact to the nanosecond
	Actor   Actor       `json:"actor"`
	Verb    Verb        `json:"verb"`
	Ref     jsonRef     `json:"ref"`
	Because Rule        `json:"because,omitempty"`
	Args    []jsonArg   `json:"args,omitempty"`
}

type jsonRef struct {
	Kind    Kind   `json:"kind"`
	Name    string `json:"name"`
	Index   *int32 `json:"index,omitempty"`   // of a pod of an Indexed Job
	Attempt *int32 `json:"attempt,omitempty"` // of a pod
}

// jsonArg is an object of its own, not a member of one, because keys may repeat and their order counts.
type jsonArg struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// EncodeJSON is the JSON form of t, a record a line (here broken):
//
//	{"schema":"jobsim.dev/trace/v1",
//	"header":{"scenario":"a","world":"sim","kubernetes":"v1.37","seed":1,"replication":0},
//	"records":[
//	{"seconds":2.210,"actor":"kubelet","verb":"fail","ref":{"kind":"pod","name":"a","index":2,"attempt":0},
//	 "because":"scenario.fate","args":[{"key":"exit","value":"1"}]}
//	]}
//
// Numbers are exact decimals: a reader that keeps 64-bit floats rounds seeds above 2^53. An index is given for pods of
// Indexed Jobs, an attempt for all pods. Bytes that are not UTF-8 are replaced by U+FFFD; the text form keeps them.
// A record at des.Never, which no world writes, is an error.
func EncodeJSON(t *Trace) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	header := jsonHeader(t.Header)
	fmt.Fprintf(&b, "{\"schema\":%q,\n\"header\":", JSONSchema)
	if err := e.Encode(&header); err != nil {
		return nil, err
	}
	b.Truncate(b.Len() - 1) // Encode ends with a newline
	b.WriteString(",\n\"records\":[")
	for i := range t.Records {
		if t.Records[i].At == des.Never {
			return nil, fmt.Errorf("trace: records[%d].seconds: never", i)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		rec := toJSON(&t.Records[i])
		if err := e.Encode(&rec); err != nil {
			return nil, err
		}
		b.Truncate(b.Len() - 1)
	}
	b.WriteString("\n]}\n")
	return b.Bytes(), nil
}

// DecodeJSON reads the JSON form. It rejects unknown fields, another schema, and anything after the end.
func DecodeJSON(data []byte) (*Trace, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var in jsonTrace
	if err := d.Decode(&in); err != nil {
		return nil, fmt.Errorf("trace: byte %d: %w", d.InputOffset(), err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("trace: byte %d: more than one JSON value", d.InputOffset())
	}
	if in.Schema != JSONSchema {
		return nil, fmt.Errorf("trace: schema: %.40q (allowed: %q)", in.Schema, JSONSchema)
	}
	t := &Trace{Header: Header(in.Header)}
	var problems []error
	for i := range in.Records {
		r, err := fromJSON(&in.Records[i])
		if err != nil {
			problems = append(problems, fmt.Errorf("trace: records[%d].%w", i, err))
			if len(problems) == maxProblems {
				break
			}
		}
		t.Records = append(t.Records, r)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return t, nil
}

func toJSON(r *Record) jsonRecord {
	out := jsonRecord{
		Seconds: json.Number(strings.TrimSuffix(r.At.String(), "s")),
		Actor:   r.Actor, Verb: r.Verb, Because: r.Because,
		Ref: jsonRef{Kind: r.Ref.Kind, Name: r.Ref.Name},
	}
	if r.Ref.Kind == KindPod {
		out.Ref.Attempt = &r.Ref.Attempt
		if r.Ref.Index != api.NoIndex {
			out.Ref.Index = &r.Ref.Index
		}
	}
	for _, a := range r.Args {
		out.Args = append(out.Args, jsonArg(a))
	}
	return out
}

func fromJSON(in *jsonRecord) (Record, error) {
	r := Record{Actor: in.Actor, Verb: in.Verb, Because: in.Because, Ref: Ref{Kind: in.Ref.Kind, Name: in.Ref.Name}}
	at, err := ParseTime(string(in.Seconds) + "s")
	if err != nil {
		return r, fmt.Errorf("seconds: %w", err)
	}
	r.At = at
	isPod := in.Ref.Kind == KindPod
	if isPod != (in.Ref.Attempt != nil) || !isPod && in.Ref.Index != nil {
		return r, errors.New("ref: a pod has an attempt and may have an index; nothing else has")
	}
	if isPod {
		r.Ref.Attempt, r.Ref.Index = *in.Ref.Attempt, api.NoIndex
		if in.Ref.Index != nil {
			r.Ref.Index = *in.Ref.Index
		}
	}
	for _, a := range in.Args {
		r.Args = append(r.Args, Arg(a))
	}
	return r, nil
}
