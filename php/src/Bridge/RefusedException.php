<?php

declare(strict_types=1);

namespace Async\Bridge;

use Async\AsyncException;

/**
 * A message that is not taken: of a class that is not allowed, not signed with the key, foreign, or given out too often.
 */
final class RefusedException extends AsyncException
{
}
