<?php

// What is done with a message. A message may come twice: when a worker dies after the work and before the acknowledgement.

return function (string $body): void {
    printf("process %d: %s\n", getmypid(), $body);
};
