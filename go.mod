module github.com/jobsim/jobsim

go 1.26
