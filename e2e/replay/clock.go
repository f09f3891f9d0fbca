package replay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"k8s.io/client-go/rest"
)

// ClockOffset is what the API server's clock shows more than ours, to about 30 ms: its answers carry the date in whole
// seconds, so that it is asked until the second changes.
func ClockOffset(ctx context.Context, config *rest.Config) (time.Duration, error) {
	client, err := rest.HTTPClientFor(config)
	if err != nil {
		return 0, err
	}
	client.Timeout = requestLimit
	var last time.Time
	for begun := time.Now(); time.Since(begun) < 5*time.Second; {
		sent := time.Now()
		date, err := serverDate(ctx, client, config.Host+"/version")
		if err != nil {
			return 0, fmt.Errorf("the API server's clock: %w", err)
		}
		if !last.IsZero() && date.After(last) {
			now := time.Now()
			return date.Sub(sent.Add(now.Sub(sent) / 2)), nil
		}
		last = date
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return 0, err
		}
	}
	return 0, errors.New("the API server's clock stands still")
}

func serverDate(ctx context.Context, client *http.Client, url string) (time.Time, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return time.Time{}, err
	}
	response, err := client.Do(request)
	if err != nil {
		return time.Time{}, err
	}
	_ = response.Body.Close()
	return http.ParseTime(response.Header.Get("Date"))
}
