package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newValidate(s streams) *cobra.Command {
	var in input
	cmd := &cobra.Command{
		Use:   "validate (-f FILE | --scenario NAME)",
		Short: "say everything that is wrong with manifests and scenarios",
		RunE: func(cmd *cobra.Command, args []string) error {
			all, err := in.load(cmd, s, args)
			if err != nil {
				return err
			}
			for _, sc := range all {
				jobs := "1 Job"
				if n := len(sc.Manifests); n != 1 {
					jobs = fmt.Sprintf("%d Jobs", n)
				}
				fmt.Fprintf(s.out, "scenario %s is valid: %s\n", sc.Name, jobs)
			}
			return nil
		},
	}
	in.flags(cmd)
	return cmd
}
